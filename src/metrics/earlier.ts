import { at, type Matrix } from './matrix.js'
import { meanOf } from './metric.js'

/** The mean of `term` over the contexts before the last of a square matrix: what later training can have changed. */
export const meanOverEarlier = (matrix: Matrix, term: (column: readonly number[], j: number) => number): number =>
  meanOf(
    matrix.slice(0, -1).map((_, j) =>
      term(
        matrix.map((_row, i) => at(matrix, i, j)),
        j,
      ),
    ),
  )

/** The accuracy matrix as metrics need it, or the reason why they cannot have it. */
import * as E from 'fp-ts/lib/Either.js'
import type { Run } from './metric.js'

/** Rows are experiences, columns contexts; fractions. */
export type Matrix = readonly (readonly number[])[]

/** An entry that the shape check has promised. */
export const at = (matrix: Matrix, i: number, j: number): number => {
  const value = matrix[i]?.[j]
  if (value === undefined) throw new Error(`accuracy matrix has no entry [${i}][${j}]`)
  return value
}

/** The matrix of a complete run. */
export const completeMatrix = ({ status, accuracy: { matrix } }: Run): E.Either<string, Matrix> =>
  status.kind === 'diverged'
    ? E.left(`the run diverged in experience ${status.experience + 1}, step ${status.step}`)
    : E.right(matrix)

/** Accuracies on all contexts after the last experience of a complete run. */
export const finalRow = (run: Run): E.Either<string, readonly number[]> =>
  E.chain((matrix: Matrix) => {
    const last = matrix[matrix.length - 1]
    return last === undefined || last.length === 0 ? E.left('nothing was evaluated') : E.right(last)
  })(completeMatrix(run))

/** The T × T matrix, T >= 2, of a complete run whose experience i trains context i. */
export const squareMatrix = (run: Run): E.Either<string, Matrix> =>
  E.chain((matrix: Matrix): E.Either<string, Matrix> => {
    if (matrix.length === 1) return E.left('the matrix has one row')
    const contexts = run.accuracy.untrained.length
    if (matrix.length !== contexts) return E.left(`the matrix is not square: ${matrix.length} × ${contexts}`)
    const stray = run.experiences.find(({ context }, i) => context !== i)
    return stray === undefined
      ? E.right(matrix)
      : E.left(`experience ${stray.index + 1} does not train context ${stray.index + 1}`)
  })(completeMatrix(run))

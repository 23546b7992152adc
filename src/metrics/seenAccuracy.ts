import { type Matrix } from './matrix.js'
import { meanOf } from './metric.js'

/** After each experience, the mean accuracy over the contexts seen so far: (1/i) Σ_{j≤i} R[i][j]. Takes a square matrix; gives T fractions. */
export const seenAccuracy = (matrix: Matrix): readonly number[] => matrix.map((row, i) => meanOf(row.slice(0, i + 1)))

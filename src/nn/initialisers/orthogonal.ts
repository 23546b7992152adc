/** Orthogonal weights: Saxe, McClelland & Ganguli 2014 (arXiv:1312.6120), section 3. */
import { columnsOf, rowsOf } from '../../graph/shape.js'
import { normals } from '../../random/normals.js'
import { zeroBias } from './initialiser.js'

const product = (m: Float64Array, i: number, j: number, length: number): number => {
  let acc = 0
  for (let k = 0; k < length; k++) acc += m[i * length + k]! * m[j * length + k]!
  return acc
}

/**
 * Makes `count` rows of `length` ≥ `count` orthonormal in place, by the modified method of Gram and Schmidt: the Q of a QR decomposition
 * whose R has a positive diagonal, so that normal rows give all orthogonal matrices alike (Mezzadri 2007). In f64 what it loses on
 * such rows is far below what rounding to f32 takes (Björck 1967: the condition number times 1e-16).
 */
const orthonormalise = (m: Float64Array, count: number, length: number): void => {
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      const along = product(m, i, j, length)
      for (let k = 0; k < length; k++) m[i * length + k]! -= along * m[j * length + k]!
    }
    const norm = Math.sqrt(product(m, i, i, length))
    for (let k = 0; k < length; k++) m[i * length + k]! /= norm
  }
}

/**
 * As a matrix of (all other axes, outputs), a weight has orthonormal columns, or orthonormal rows where it is wider than high: no
 * direction is stretched. Biases 0. Made of + − × ÷ √ alone, so bits are the same everywhere; about 2·size·outputs operations.
 */
export const orthogonal = zeroBias(({ key, shape }) => {
  const [inputs, outputs] = [rowsOf(shape), columnsOf(shape)]
  const [count, length] = inputs < outputs ? [inputs, outputs] : [outputs, inputs]
  const m = normals(key, count * length)
  orthonormalise(m, count, length)
  if (inputs < outputs) return Float32Array.from(m)
  return Float32Array.from(m, (_, i) => m[(i % outputs) * length + Math.floor(i / outputs)]!)
})

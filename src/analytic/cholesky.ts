import { triangle } from './triangle.js'

/**
 * The lower triangle L with A = L Lᵀ, for the triangle of a symmetric [n, n] matrix; undefined when A is not positive definite (to
 * rounding). n³ / 6 multiply-accumulates.
 */
export const cholesky = (a: Float64Array, n: number): Float64Array | undefined => {
  const l = new Float64Array(triangle(n))
  for (let i = 0; i < n; i++) {
    const row = triangle(i)
    for (let j = 0; j <= i; j++) {
      const other = triangle(j)
      let sum = a[row + j]!
      for (let k = 0; k < j; k++) sum -= l[row + k]! * l[other + k]!
      if (j < i) l[row + j] = sum / l[other + j]!
      else if (!(sum > 0)) return undefined
      else l[row + i] = Math.sqrt(sum)
    }
  }
  return l
}

/** L⁻¹ b for each row b of `rows` [m, n]: [m, n], m n² / 2 multiply-accumulates. */
export const solveLower = (l: Float64Array, n: number, rows: Float64Array): Float64Array => {
  const x = rows.slice()
  for (let from = 0; from < x.length; from += n) {
    for (let i = 0; i < n; i++) {
      const row = triangle(i)
      let sum = x[from + i]!
      for (let k = 0; k < i; k++) sum -= l[row + k]! * x[from + k]!
      x[from + i] = sum / l[row + i]!
    }
  }
  return x
}

/** (L Lᵀ)⁻¹ b for each row b of `rows` [m, n]: [m, n], m n² multiply-accumulates. */
export const solve = (l: Float64Array, n: number, rows: Float64Array): Float64Array => {
  const x = solveLower(l, n, rows)
  for (let from = 0; from < x.length; from += n) {
    for (let i = n - 1; i >= 0; i--) {
      const row = triangle(i)
      const value = x[from + i]! / l[row + i]!
      x[from + i] = value
      for (let k = 0; k < i; k++) x[from + k]! -= value * l[row + k]!
    }
  }
  return x
}

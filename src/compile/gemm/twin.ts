/** A product of f32 matrices as the kernels define it; see `gemmModule` for the layouts. */
export interface Product {
  readonly m: number
  readonly n: number
  readonly k: number
  /** a is stored as [k, m]. */
  readonly ta: boolean
  /** b is stored as [n, k]. */
  readonly tb: boolean
}

/**
 * The scalar meaning of every product kernel: c[i, j] = bias[j] (or +0), then + a[i, k] * b[k, j] for k = 0, 1, ... in
 * order, each product and each sum rounded to f32 (exact through f64, since 53 >= 2 * 24 + 2). Returns c, [m, n].
 */
export const gemmTwin = (product: Product, a: Float32Array, b: Float32Array, bias?: Float32Array): Float32Array => {
  const { m, n, k, ta, tb } = product
  const c = new Float32Array(m * n)
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = bias === undefined ? 0 : bias[j]!
      for (let l = 0; l < k; l++) {
        sum = Math.fround(sum + Math.fround(a[ta ? l * m + i : i * k + l]! * b[tb ? j * k + l : l * n + j]!))
      }
      c[i * n + j] = sum
    }
  }
  return c
}

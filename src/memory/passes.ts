import { permutation } from '../random/draw.js'
import { folded, type Key } from '../random/key.js'

/** Slots of batch number `index` of shuffled passes over `size` rows, `n` at a time. */
export type Passes = (key: Key, size: number, n: number, index: number) => Int32Array

/**
 * Shuffled passes without replacement: pass p is a permutation of all rows keyed by p, cut into batches of `n`; a last batch
 * that is not full is dropped, or kept as it is. With fewer than `n` rows, each pass is one batch of them all. A pure function that
 * remembers its last permutation.
 */
export const createPasses = (rest: 'drop' | 'keep' = 'drop'): Passes => {
  let last: { readonly key: Key; readonly size: number; readonly pass: number; readonly order: Int32Array } | undefined
  return (key, size, n, index) => {
    const batches = rest === 'keep' ? Math.ceil(size / n) : Math.max(1, Math.floor(size / n))
    const pass = Math.floor(index / batches)
    if (last === undefined || last.pass !== pass || last.size !== size || last.key.a !== key.a || last.key.b !== key.b)
      last = { key, size, pass, order: permutation(folded(key, pass), size) }
    const from = (index % batches) * n
    return last.order.subarray(from, Math.min(from + n, size))
  }
}

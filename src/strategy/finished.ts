/** The rows of a finished experience, batch by batch: what importances at a boundary are estimated on. */
import { sample } from '../random/draw.js'
import type { Key } from '../random/key.js'

/** Which rows: `rows` of them, drawn without replacement, or all in their order; `batch` per step. */
export interface FinishedRows {
  readonly rows: number | 'all'
  readonly batch: number
}

/** Steps of a phase that sees each of these rows once, and its draw from the source `experience`. */
export const finished = ({ rows, batch }: FinishedRows) => {
  const total = (size: number): number => (rows === 'all' ? size : Math.min(rows, size))
  return {
    steps: (sizes: { readonly experience: number }): number => Math.ceil(total(sizes.experience) / batch),
    draw: {
      from: 'experience' as const,
      rows: batch,
      pick: (from: { readonly size: number }, at: { readonly key: Key; readonly index: number }): Int32Array => {
        const first = at.index * batch
        const length = Math.min(batch, total(from.size) - first)
        if (rows === 'all' || rows >= from.size) return Int32Array.from({ length }, (_, i) => first + i)
        return sample(at.key, from.size, total(from.size)).subarray(first, first + length)
      },
    },
  }
}

import type { Writes } from './rows.js'

/** All rows of a batch go behind those that a buffer holds. */
export const append = (buffer: { readonly size: number }, incoming: { readonly labels: Int32Array }): Writes => {
  const take = Int32Array.from(incoming.labels.keys())
  return { slots: take.map((i) => buffer.size + i), take }
}

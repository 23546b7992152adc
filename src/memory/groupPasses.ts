import { folded, type Key } from '../random/key.js'
import { groups } from './groups.js'
import { createPasses, type Passes } from './passes.js'

/** Slots of batch number `index` with `each` rows from every group of `of` (fewer where a group is smaller). */
export type GroupPasses = (key: Key, of: Int32Array, each: number, index: number) => Int32Array

/**
 * Shuffled passes over each group on its own, side by side in one batch, groups ascending. A pure function that remembers the last
 * grouping: `of` must not be changed in place between calls.
 */
export const createGroupPasses = (): GroupPasses => {
  let last:
    | { readonly of: Int32Array; readonly members: readonly (readonly [number, Int32Array, Passes])[] }
    | undefined
  return (key, of, each, index) => {
    if (last === undefined || last.of !== of)
      last = { of, members: [...groups(of)].map(([g, rows]) => [g, rows, createPasses()] as const) }
    const chosen: number[] = []
    for (const [g, rows, passes] of last.members)
      for (const i of passes(folded(key, g), rows.length, each, index)) chosen.push(rows[i]!)
    return Int32Array.from(chosen)
  }
}

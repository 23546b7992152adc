/** Draws of rows to rehearse: how rows of a buffer named `memory` are chosen for a step. */
import { balanced } from '../memory/balanced.js'
import { createGroupPasses } from '../memory/groupPasses.js'
import { createPasses } from '../memory/passes.js'
import { uniform } from '../memory/uniform.js'
import { folded } from '../random/key.js'
import type { Draw } from './rows.js'
import type { Uses } from './slots.js'

/** How rows are drawn. */
interface Drawing {
  /** Rows in one draw. */
  readonly rows: number
  /** `uniform`: without replacement within a step; `shuffled-passes`: without replacement within a pass over the buffer. */
  readonly order: 'uniform' | 'shuffled-passes'
}

type Plain = Uses<{ buffers: { memory: never } }>
type Bounded = Uses<{ rights: 'boundary'; buffers: { memory: never } }>

/** Rows of the whole buffer, for strategies that see no boundaries. */
export const drawOfAll = ({ rows, order }: Drawing): Draw<Plain, 'memory'> => {
  const passes = createPasses()
  return {
    from: 'memory',
    rows,
    pick: (from, at) =>
      order === 'uniform'
        ? uniform(folded(at.key, at.index), from.size, rows)
        : passes(at.key, from.size, rows, at.index),
  }
}

/** Rows of a buffer that is filled at boundaries; passes start anew with each experience. */
export const drawOfPast = ({ rows, order }: Drawing): Draw<Bounded, 'memory'> => {
  const passes = createPasses()
  return {
    from: 'memory',
    rows,
    pick: (from, at) =>
      order === 'uniform'
        ? uniform(folded(at.key, at.index), from.size, rows)
        : passes(folded(at.key, at.experience), from.size, rows, at.since),
  }
}

/** ceil(rows / past experiences) rows of every past experience: none while there is none. */
export const drawOfEach = ({ rows, order }: Drawing): Draw<Bounded, 'memory'> => {
  const passes = createGroupPasses()
  const each = (past: number): number => Math.ceil(rows / past)
  return {
    from: 'memory',
    rows: ({ experience: past }) => (past === 0 ? rows : each(past) * past),
    pick: (from, { key, index, since, experience: past }) =>
      past === 0
        ? new Int32Array(0)
        : order === 'uniform'
          ? balanced(folded(key, index), from.experiences, each(past) * past, index)
          : passes(folded(key, past), from.experiences, each(past), since),
  }
}

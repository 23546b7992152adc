/** Draws of rows to rehearse: how rows of a buffer named `memory` are chosen for a step. */
import { balanced } from '../memory/balanced.js'
import { createGroupPasses } from '../memory/groupPasses.js'
import { createPasses } from '../memory/passes.js'
import { uniform } from '../memory/uniform.js'
import { folded, type Key } from '../random/key.js'
import type { AnyAt, AnyRows } from './anyStrategy.js'
import type { Draw } from './rows.js'
import type { Uses } from './slots.js'

/** How rows are drawn. */
interface Drawing {
  /** Rows in one draw. */
  readonly rows: number
  /** `uniform`: without replacement within a step; `shuffled-passes`: without replacement within a pass over the buffer. */
  readonly order: 'uniform' | 'shuffled-passes'
}

type Bounded = Uses<{ rights: 'boundary'; buffers: { memory: never } }>

/** Passes over the buffer: their key, and how many of their batches are done. */
interface Walk {
  readonly key: Key
  readonly done: number
}

const picking = ({ rows, order }: Drawing) => {
  const passes = createPasses()
  return (size: number, at: Pick<AnyAt, 'key' | 'index'>, walk: Walk): Int32Array =>
    order === 'uniform' ? uniform(folded(at.key, at.index), size, rows) : passes(walk.key, size, rows, walk.done)
}

/** Rows of the whole buffer, for strategies that see no boundaries. */
export const drawOfAll = (drawing: Drawing) => {
  const pick = picking(drawing)
  return {
    from: 'memory',
    rows: drawing.rows,
    pick: ({ size }: Pick<AnyRows, 'size'>, at: Pick<AnyAt, 'key' | 'index'>) =>
      pick(size, at, { key: at.key, done: at.index }),
  } as const
}

/** Rows of a buffer that is filled at boundaries; passes start anew with each experience. */
export const drawOfPast = (drawing: Drawing): Draw<Bounded, 'memory'> => {
  const pick = picking(drawing)
  return {
    from: 'memory',
    rows: drawing.rows,
    pick: (from, at) => pick(from.size, at, { key: folded(at.key, at.experience), done: at.since }),
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

import { append } from './append.js'
import type { Draw, Keep } from './rows.js'
import type { Uses } from './slots.js'
import type { Phase } from './strategy.js'

/** Names of a strategy whose buffer `memory` is filled from finished experiences. */
export type Filled = Uses<{
  rights: 'boundary' | 'experience'
  buffers: { memory: never }
  draws: { finished: 'experience' }
}>

/** Which rows of the finished experience are held. */
export interface Filling extends Pick<Draw<Filled, 'experience'>, 'rows' | 'pick'> {
  /** Absent: all of them, behind those already held. */
  readonly admit?: Keep<Filled>
}

/** The phase `fill`: at each boundary, rows of the finished experience go into the buffer `memory`. */
export const fillAtBoundary = ({ rows, pick, admit = append }: Filling): Phase<Filled> => ({
  name: 'fill',
  when: { on: 'boundary' },
  steps: 1,
  draws: { finished: { from: 'experience', rows, pick } },
  keep: { memory: { from: 'finished', admit } },
})

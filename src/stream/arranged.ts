import { cumulative } from './cumulative.js'
import { merged } from './merged.js'
import type { Stream } from './stream.js'

/** How a method meets a stream: as it is, with all rows at once, or with all rows so far in each experience. */
export type Arrangement = 'separate' | 'merged' | 'cumulative'

/** The stream as a method meets it. */
export const arranged = (stream: Stream, arrangement: Arrangement): Stream =>
  arrangement === 'merged' ? merged(stream) : arrangement === 'cumulative' ? cumulative(stream) : stream

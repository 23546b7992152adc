import type { Stream } from './stream.js'
import { union } from './union.js'

/** The same contexts with all training rows in one experience (index -1), context after context: what a joint learner sees. */
export const merged = (stream: Stream): Stream => ({ ...stream, experiences: [union(stream, -1, stream.experiences)] })

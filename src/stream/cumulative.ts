import type { Stream } from './stream.js'
import { union } from './union.js'

/**
 * The same contexts with experiences that bring all rows so far, those of earlier ones first: what a learner sees that forgets no row.
 * An experience of more than one context has the index -1.
 */
export const cumulative = (stream: Stream): Stream => ({
  ...stream,
  experiences: stream.experiences.map((experience, i) =>
    i === 0 ? experience : union(stream, -1, stream.experiences.slice(0, i + 1)),
  ),
})

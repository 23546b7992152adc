import type { LabelledRows, Stream } from './stream.js'

/**
 * The same contexts with all training rows in one experience (index -1), context after context: what a joint learner
 * sees. Its rows are made one experience at a time, but are all in memory once loaded.
 */
export const merged = (stream: Stream): Stream => {
  const size = stream.experiences.reduce((sum, experience) => sum + experience.size, 0)
  const load = (): LabelledRows => {
    const pixels = new Uint8Array(size * stream.inputs)
    const labels = new Int32Array(size)
    const contexts = new Int32Array(size)
    let at = 0
    for (const experience of stream.experiences) {
      const rows = experience.load()
      pixels.set(rows.pixels, at * stream.inputs)
      labels.set(rows.labels, at)
      contexts.set(rows.contexts, at)
      at += rows.size
    }
    return { size, pixels, labels, contexts }
  }
  return { ...stream, experiences: [{ context: -1, size, load }] }
}

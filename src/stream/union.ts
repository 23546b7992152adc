import type { Experience, LabelledRows, Stream } from './stream.js'

/** One experience with the rows of several, one after the other. They are made one experience at a time, but are all in memory once loaded. */
export const union = ({ inputs }: Pick<Stream, 'inputs'>, context: number, of: readonly Experience[]): Experience => {
  const size = of.reduce((sum, experience) => sum + experience.size, 0)
  const load = (): LabelledRows => {
    const pixels = new Uint8Array(size * inputs)
    const labels = new Int32Array(size)
    const contexts = new Int32Array(size)
    let at = 0
    for (const experience of of) {
      const rows = experience.load()
      pixels.set(rows.pixels, at * inputs)
      labels.set(rows.labels, at)
      contexts.set(rows.contexts, at)
      at += rows.size
    }
    return { size, pixels, labels, contexts }
  }
  return { context, size, load }
}

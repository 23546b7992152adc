/** Columns of text, aligned for a terminal. */
import { NONE, type Shown } from './format.js'

const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length))

/** Means under means and half-widths under half-widths. */
export const aligned = (shown: readonly (Shown | null)[]): readonly string[] => {
  const means = widest(shown.map((s) => s?.mean ?? NONE))
  const halves = widest(shown.map((s) => s?.half ?? ''))
  return shown.map((s) => {
    const half = halves === 0 ? '' : s?.half ? ` ± ${s.half.padStart(halves)}` : ' '.repeat(halves + 3)
    return (s?.mean ?? NONE).padStart(means) + half
  })
}

/** Lines of a table: names on the left, every other column to the right; lines end without spaces. */
export const textTable = (names: readonly string[], lanes: readonly (readonly string[])[]): readonly string[] => {
  const left = names.map((name) => name.padEnd(widest(names)))
  const right = lanes.map((lane) => lane.map((text) => text.padStart(widest(lane))))
  return left.map((name, i) => [name, ...right.map((lane) => lane[i] ?? '')].join('  ').trimEnd())
}

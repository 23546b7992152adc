import { relative } from 'node:path'

/** Small pieces of text that the displays share. Widths are in columns; all characters used are one column wide. */

/** Cuts a text to a width, ending in … where something was cut. */
export const fit = (text: string, width: number): string => {
  const characters = [...text]
  return characters.length <= width
    ? text
    : `${characters.slice(0, Math.max(width - 1, 0)).join('')}${width > 0 ? '…' : ''}`
}

/** A text in lines of at most `width` columns, broken between words; a longer word has a line of its own. */
export const wrapped = (text: string, width: number): readonly string[] =>
  text.split(' ').reduce<readonly string[]>((lines, word) => {
    const longer = `${lines.at(-1) ?? ''} ${word}`
    return lines.length > 0 && [...longer].length <= width ? [...lines.slice(0, -1), longer] : [...lines, word]
  }, [])

/** A bar of the given width, filled from the left: `fraction` in [0, 1]. */
export const bar = (fraction: number, width: number): string => {
  const full = Math.round(Math.min(Math.max(fraction, 0), 1) * width)
  return '━'.repeat(full) + '─'.repeat(width - full)
}

/** A time in seconds as people say it: `8s`, `1m05s`, `2h03m`. */
export const duration = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds))
  const pad = (n: number) => String(n).padStart(2, '0')
  if (whole < 60) return `${whole}s`
  if (whole < 3600) return `${Math.floor(whole / 60)}m${pad(whole % 60)}s`
  return `${Math.floor(whole / 3600)}h${pad(Math.floor((whole % 3600) / 60))}m`
}

/** A fraction in per cent with one decimal, or a dash when there is none. */
export const percent = (fraction: number | null): string =>
  fraction === null ? '–' : `${(fraction * 100).toFixed(1)}%`

/** A loss in four significant digits, or a dash. */
export const lossText = (loss: number | null): string =>
  loss === null || !Number.isFinite(loss)
    ? '–'
    : loss >= 1000 || (loss !== 0 && loss < 0.0001)
      ? loss.toExponential(1)
      : loss.toFixed(loss < 0.1 ? 4 : 3)

/** `1 run`, `2 runs`. */
export const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`

/** The first items of a list, and how many more there are: `a, b, … (3 more)`. */
export const some = (items: readonly string[], most = 8): string =>
  items.length <= most ? items.join(', ') : `${items.slice(0, most).join(', ')}, … (${items.length - most} more)`

/** A path as one would type it in `cwd`: relative below it, absolute elsewhere. */
export const placeFrom = (cwd: string, path: string): string => {
  const below = relative(cwd, path)
  return below.startsWith('..') ? path : below || '.'
}

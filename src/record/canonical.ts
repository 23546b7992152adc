/**
 * The one way to write a value as JSON: keys sorted by code unit, no undefined, no NaN, `-0` as `0`. The same value gives
 * the same characters on every machine, so that text can be hashed and files compared.
 */

const problem = (path: string, value: unknown): Error =>
  new Error(
    `canonical JSON cannot hold ${typeof value === 'number' ? String(value) : typeof value} at ${path || 'the top'}`,
  )

const isScalarList = (u: readonly unknown[]): boolean => u.every((item) => typeof item !== 'object' || item === null)

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const write = (value: unknown, path: string, indent: string | null): string => {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw problem(path, value)
    return JSON.stringify(value)
  }
  if (typeof value !== 'object') throw problem(path, value)
  const inner = indent === null ? null : `${indent}  `
  const open = inner === null ? '' : `\n${inner}`
  const close = indent === null ? '' : `\n${indent}`
  const joined = (items: readonly string[], [left, right]: readonly [string, string]): string =>
    items.length === 0 ? `${left}${right}` : `${left}${open}${items.join(`,${open}`)}${close}${right}`
  if (Array.isArray(value)) {
    // a list of scalars stays on one line: a row of a matrix reads as a row
    if (isScalarList(value)) {
      const items = value.map((item, i) => write(item, `${path}[${i}]`, null))
      return `[${items.join(inner === null ? ',' : ', ')}]`
    }
    return joined(
      value.map((item, i) => write(item, `${path}[${i}]`, inner)),
      ['[', ']'],
    )
  }
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .toSorted(([a], [b]) => byCodeUnit(a, b))
    .map(([k, field]) => `${JSON.stringify(k)}:${inner === null ? '' : ' '}${write(field, `${path}.${k}`, inner)}`)
  return joined(fields, ['{', '}'])
}

/** Canonical JSON on one line, for hashes and comparisons. Throws on NaN, infinities, functions and undefined list items. */
export const canonical = (value: unknown): string => write(value, '', null)

/** The same value, in the same order, over several indented lines with a final line feed: the form of a result file. */
export const canonicalLines = (value: unknown): string => `${write(value, '', '')}\n`

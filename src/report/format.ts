/** Numbers as text. A minus sign is a real one, and nothing is rounded to a false zero. */
import type { Metric } from '../metrics/metric.js'
import type { Cell } from './summary.js'

/** What stands where there is no value. */
export const NONE = '–'

const signed = (digits: string): string => (/^-0(\.0*)?$/.test(digits) ? digits.slice(1) : digits.replace('-', '−'))

/** A number with a fixed count of decimals. */
export const fixed = (value: number, decimals: number): string => signed(value.toFixed(decimals))

/** Three significant digits: 0.0214, 3.29, 47.5, 366, 1830. */
export const significant = (value: number): string => {
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size >= 100) return fixed(value, 0)
  if (size >= 10) return fixed(value, 1)
  if (size >= 1) return fixed(value, 2)
  return size >= 0.001 ? fixed(value, 3) : signed(value.toExponential(1))
}

/** A whole number as it is, any other with three significant digits. */
export const amount = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 1e6 ? fixed(value, 0) : significant(value)

/** A measured value: as an amount, but with three significant digits below 1 too, where courses of losses differ. */
export const reading = (value: number): string => {
  const size = Math.abs(value)
  return size >= 0.0001 && size < 1 ? signed(value.toPrecision(3)) : amount(value)
}

/** Multiply-accumulates in units of 10^9. */
export const gmac = (macs: number): string => significant(macs / 1e9)

/** Bytes in units of 1000. */
export const kilobytes = (bytes: number): string => significant(bytes / 1000)

/** The unit of a column of this metric. */
export const unitOf = ({ unit }: Pick<Metric, 'unit'>): string =>
  ({
    fraction: '%',
    ratio: '',
    macs: 'GMAC',
    operations: 'Gop',
    bytes: 'kB',
    traffic: 'GB',
    joules: 'J',
    seconds: 's',
  })[unit]

/** Decimals for a column of percentages or ratios: one more when an interval is too narrow to be seen. */
const decimalsOf = (unit: Metric['unit'], cells: readonly Cell[]): number => {
  const halves = cells.flatMap((c) => (c.kind === 'estimate' && c.estimate.half !== null ? [c.estimate.half] : []))
  const seen = halves.filter((half) => half > 0)
  const scale = unit === 'fraction' ? 100 : 1
  const base = unit === 'fraction' ? 1 : 2
  return seen.some((half) => half * scale < (base === 1 ? 0.095 : 0.0095)) ? base + 1 : base
}

/** A cell as its mean and the half-width of its interval; `half` is null when there is none (one seed) or it is exactly zero cost. */
export interface Shown {
  readonly mean: string
  readonly half: string | null
}

/** The cells of one column, formatted alike; null where a cell is undefined. */
export const column = (metric: Pick<Metric, 'unit'>, cells: readonly Cell[]): readonly (Shown | null)[] => {
  const cost = metric.unit !== 'fraction' && metric.unit !== 'ratio'
  const decimals = decimalsOf(metric.unit, cells)
  const text = (value: number): string => {
    switch (metric.unit) {
      case 'macs':
        return gmac(value)
      case 'operations':
      case 'traffic':
        return reading(value / 1e9)
      case 'bytes':
        return kilobytes(value)
      case 'joules':
      case 'seconds':
        return reading(value)
      case 'fraction':
      case 'ratio':
        return fixed(metric.unit === 'fraction' ? value * 100 : value, decimals)
    }
  }
  return cells.map((c) => {
    if (c.kind === 'undefined') return null
    const { mean, half } = c.estimate
    // a counted cost is the same for every seed, as a rule; products of it may differ in the last bit of their mean
    const none = half === null || (cost && half <= 1e-12 * Math.abs(mean))
    return { mean: text(mean), half: none ? null : text(half) }
  })
}

/** "2", "2 and 3", "2, 3 and 4". */
export const listed = (items: readonly (string | number)[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`

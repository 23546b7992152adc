/** Published figures of a benchmark file: what other people reported for methods of the file. No part of any run, and of no hash. */
import type * as t from 'io-ts'
import type { Complaint } from '../codec/checked.js'
import { closed } from '../codec/closed.js'
import { list } from '../codec/list.js'
import { count, fraction } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { optional, withDefault } from '../codec/optional.js'
import { tagged } from '../codec/tagged.js'
import { text } from '../codec/text.js'
import { unique } from '../codec/unique.js'

/** What a published figure is a figure of: both are means over all contexts after the last experience. */
export const measures = ['accuracy', 'within-context'] as const

/**
 * How well a figure is known. V: read in a primary file or text; S: secondary text that quotes it; F: read off a figure; NV: not verified
 * in a primary text; M: from memory, not read again; P: an exploratory run, not comparable with the literature. Only V gets a verdict.
 */
export const tags = ['V', 'S', 'F', 'NV', 'M', 'P'] as const

/** Half-widths are fractions, as printed beside the mean: standard deviation, standard error of the mean, or half of a 95 % interval. */
const interval = tagged('kind', {
  none: {},
  sd: { value: fraction },
  sem: { value: fraction },
  ci95: { value: fraction },
})

const expectation = closed('a published figure', {
  /** The method of this file that it is about. */
  label: text,
  /** `accuracy`: with the outputs of the scenario; `within-context`: only those of the row's own context compete. */
  measure: withDefault(oneOf(measures), 'accuracy'),
  /** A fraction. */
  mean: fraction,
  interval,
  /** Runs that the mean is over, where it was said. */
  runs: optional(count),
  source: text,
  tag: oneOf(tags),
  /** How far from the published mean counts as the same, a fraction; fixed before anything was run. */
  margin: fraction,
})

/** One published figure of one method. */
export type Expectation = t.TypeOf<typeof expectation>

const rowOf = (row: unknown): string | undefined => {
  const has = typeof row === 'object' && row !== null && 'label' in row
  if (!has || typeof row.label !== 'string') return undefined
  return `${row.label} ${'measure' in row && typeof row.measure === 'string' ? row.measure : measures[0]}`
}

/** The codec of the field `expected` of benchmark files. */
export const expectations = unique(list(expectation), {
  keyOf: rowOf,
  expected: 'one figure for each label and measure',
})

/** Figures that this file can never be compared with: of labels it does not have, or of a measure that its runs do not record. */
export const unmeasurable = (
  expected: readonly Expectation[],
  labels: readonly string[],
  measured: readonly string[],
): readonly Complaint[] =>
  expected.flatMap(({ label, measure }, i) => [
    ...(labels.includes(label)
      ? []
      : [{ at: ['expected', String(i), 'label'], expected: `a label of this file: ${labels.join(', ')}` }]),
    ...(measure === 'accuracy' || measured.includes(measure)
      ? []
      : [{ at: ['expected', String(i), 'measure'], expected: `a measure of this file: measure has no "${measure}"` }]),
  ])

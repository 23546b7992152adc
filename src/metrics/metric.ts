/** A metric: a pure function of a run's record, with one id, one formula, a source, and the domain outside which it has no value. */
import * as E from 'fp-ts/lib/Either.js'
import type { RawLog } from '../record/rawLog.js'

/** What a metric reads: a raw log and the configuration it was made with. */
export type Run = RawLog & { readonly configuration: Readonly<Record<string, unknown>> }

/** The value of a metric for one run, or why it has none. Never NaN. */
export type Measured =
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'undefined'; readonly reason: string }

/** One meaning per number. */
export interface Metric {
  readonly id: string
  readonly title: string
  /** Plain text; R[i][j] is the accuracy on context j after experience i, T the number of contexts, indices from 1. */
  readonly formula: string
  readonly source: string
  /** When the metric has a value. */
  readonly domain: string
  /** `fraction` is shown in percent; `macs` are multiply-accumulates, `bytes` are kept and `traffic` are bytes moved. */
  readonly unit: 'fraction' | 'ratio' | 'macs' | 'operations' | 'bytes' | 'traffic' | 'joules' | 'seconds'
  readonly better: 'higher' | 'lower' | 'neither'
  readonly measure: (run: Run) => Measured
}

/** The mean of at least one number, summed in order. */
export const meanOf = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length

/** Left is the reason why there is no value. A value that is not finite is a bug in a metric's domain. */
export const measured = (outcome: E.Either<string, number>): Measured => {
  if (E.isLeft(outcome)) return { kind: 'undefined', reason: outcome.left }
  if (!Number.isFinite(outcome.right)) throw new Error(`a metric gave ${outcome.right} inside its domain`)
  return { kind: 'value', value: outcome.right }
}

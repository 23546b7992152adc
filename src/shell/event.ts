import type { Result } from '../record/result.js'
import type { Progress } from '../train/progress.js'

/** The name of one run within a benchmark. */
export interface RunName {
  readonly label: string
  readonly seed: number
}

/** A run as displays call it. */
export const nameOf = ({ label, seed }: RunName): string => `${label} seed ${seed}`

/** What the executor tells while it works. Times are in milliseconds of a monotonic clock. */
export type RunEvent =
  | { readonly kind: 'started'; readonly run: RunName; readonly at: number }
  | { readonly kind: 'progress'; readonly run: RunName; readonly at: number; readonly progress: Progress }
  | { readonly kind: 'finished'; readonly run: RunName; readonly at: number; readonly result: Result }

import type { MessagePort } from 'node:worker_threads'
import type { Dataset, Rows } from '../data/dataset.js'
import type { RunName } from './event.js'
import type { RunConfiguration } from './plan.js'
import type { Finding } from '../train/finding.js'
import type { Progress } from '../train/progress.js'

/** One run as it is sent to a worker thread: plain data; the pixels are shared, not copied. */
export interface Job {
  /** What messages call it. */
  readonly run: RunName
  readonly configuration: RunConfiguration
  /** Absolute paths of the plugin files. */
  readonly plugins: readonly string[]
  readonly dataset: Dataset
  /** Look for the first NaN, and say which expression it came from. */
  readonly debugNan: boolean
}

/** A job with the port on which its worker answers. */
export interface WorkerTask {
  readonly job: Job
  readonly port: MessagePort
}

/** What a run may come to instead of a log, without being a bug: a plugin's mistake, or too little memory. `files`: plugins at fault, if any. */
export interface Mistake {
  readonly files: readonly string[]
  readonly message: string
}

/** What a worker tells while it works. */
export type WorkerMessage =
  | { readonly kind: 'started' }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'found'; readonly finding: Finding }

const sharedBytes = (bytes: Uint8Array): Uint8Array => {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length))
  copy.set(bytes)
  return copy
}

const sharedRows = (rows: Rows): Rows => ({
  ...rows,
  pixels: sharedBytes(rows.pixels),
  labels: sharedBytes(rows.labels),
})

/** The same data set in memory that all threads read. */
export const shared = (dataset: Dataset): Dataset => ({
  ...dataset,
  train: sharedRows(dataset.train),
  test: sharedRows(dataset.test),
})

/** What a run costs: counted from static program costs, never measured. */
import type { Program } from '../compile/program.js'

/** Work of one run of a program, or of a part of a whole run: see `cost` and `traffic`. `peak` is the largest of any program. */
export interface Work {
  readonly macs: number
  readonly operations: number
  readonly read: number
  readonly written: number
  readonly peak: number
}

/** A running total of work. */
export interface Spent extends Work {
  macs: number
  operations: number
  read: number
  written: number
  peak: number
}

/** Nothing spent so far. */
export const nothing = (): Spent => ({ macs: 0, operations: 0, read: 0, written: 0, peak: 0 })

/** Work of one run of a program; nothing where there is none. */
export const workOf = (program: Program | null): Work =>
  program === null ? nothing() : { ...program.cost, ...program.traffic }

/** Work of host code that says how many multiply-accumulates it spends; its other operations and its memory traffic are not counted. */
export const hostWork = (macs: number): Work => ({ ...nothing(), macs })

/** Adds work to a total. */
export const spend = (total: Spent, { macs, operations, read, written, peak }: Work): void => {
  total.macs += macs
  total.operations += operations
  total.read += read
  total.written += written
  if (peak > total.peak) total.peak = peak
}

/** Running totals. Changed only by the engine. */
export interface Ledger {
  /** Wake steps. */
  readonly training: Spent
  /** All that is measured and not learned. */
  readonly evaluation: Spent
  readonly phases: Map<string, { readonly spent: Spent; steps: number; readonly rows: Map<string, number> }>
  /** Rows read, by source: `stream` (incoming rows), `experience` (revisits), `strategy/buffer`. */
  readonly rowsRead: Map<string, number>
  /** Most bytes of rows held in buffers at once, their columns included. */
  buffers: number
}

/** An empty ledger. */
export const createLedger = (): Ledger => ({
  training: nothing(),
  evaluation: nothing(),
  phases: new Map(),
  rowsRead: new Map(),
  buffers: 0,
})

/** Adds to a count. */
export const count = (counts: Map<string, number>, name: string, n: number): void => {
  counts.set(name, (counts.get(name) ?? 0) + n)
}

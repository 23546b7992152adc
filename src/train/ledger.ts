/** What a run costs: counted from static program costs, never measured. */

/** Running totals. Changed only by the engine. */
export interface Ledger {
  /** Multiply-accumulates of wake steps. */
  training: number
  /** Multiply-accumulates of all that is measured and not learned. */
  evaluation: number
  readonly phases: Map<string, { macs: number; steps: number; readonly rows: Map<string, number> }>
  /** Rows read, by source: `stream` (incoming rows), `experience` (revisits), `strategy/buffer`. */
  readonly rowsRead: Map<string, number>
  /** Most bytes of rows held in buffers at once, their columns included. */
  buffers: number
}

/** An empty ledger. */
export const createLedger = (): Ledger => ({
  training: 0,
  evaluation: 0,
  phases: new Map(),
  rowsRead: new Map(),
  buffers: 0,
})

/** Adds to a count. */
export const count = (counts: Map<string, number>, name: string, n: number): void => {
  counts.set(name, (counts.get(name) ?? 0) + n)
}

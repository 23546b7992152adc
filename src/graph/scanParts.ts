/**
 * How the value of a loop over time is laid out: one flat vector with, for each state, its values between the steps in the order of
 * time (`steps + 1` rows), then for each output its values at the steps (`steps` rows), then the sums over the steps. The states
 * between the steps are always written: reverse mode starts from them, and as results of the loop they cost nothing.
 */
import type { Body, Expr } from './expr.js'
import { sizeOf } from './shape.js'

/** Where a state, an output or a sum lies in the value of a node: the elements of one row, and the first of all. */
export interface Rows {
  readonly at: number
  readonly size: number
}

/** The parts of the value of a scan node. `enters` and `leaves` are the rows of a state before and after the step of row 0, `last` is its final row. */
export interface ScanParts {
  readonly steps: number
  readonly reverse: boolean
  readonly states: readonly Rows[]
  readonly outputs: readonly Rows[]
  readonly sums: readonly Rows[]
  readonly size: number
  readonly enters: 0 | 1
  readonly leaves: 0 | 1
  readonly last: number
}

/** The parts of a loop over `body`. */
export const partsOf = (body: Body, steps: number, reverse: boolean): ScanParts => {
  let size = 0
  const lay = (es: readonly Expr[], rows: number): readonly Rows[] =>
    es.map((e) => {
      const at = size
      size += rows * sizeOf(e.shape)
      return { at, size: sizeOf(e.shape) }
    })
  const states = lay(body.next, steps + 1)
  const outputs = lay(body.outputs, steps)
  const sums = lay(body.sums, 1)
  const [enters, leaves] = reverse ? ([1, 0] as const) : ([0, 1] as const)
  return { steps, reverse, states, outputs, sums, size, enters, leaves, last: reverse ? 0 : steps }
}

/** The body and the parts of a scan node. */
export const scanOf = (e: Expr): { readonly body: Body; readonly parts: ScanParts } => {
  if (e.body === undefined) throw new Error(`'${e.op.name}' is no loop`)
  return { body: e.body, parts: partsOf(e.body, Number(e.attrs.steps), e.attrs.reverse === true) }
}

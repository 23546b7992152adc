/** A cell run over time. */
import type { Expr } from '../graph/expr.js'
import { add, flush, literal, scan, selectEqual, stop, zeros } from '../graph/ops.js'
import { assertOptions, expression, optional, wholeFrom } from '../graph/options.js'
import { cotangentFloor } from '../graph/primitives/flush.js'
import { assertShape } from '../graph/shape.js'
import type { Cell } from './cell.js'

/** How a cell is run. */
export interface UnrollOptions {
  /** `[n, units]`: the state before the first step; zeros when absent. */
  readonly start?: Expr
  /**
   * The gradient of the state is cut before every `truncate`-th step, so that errors flow back within windows of that many steps
   * (truncated back-propagation through time, Williams & Peng 1990, with windows side by side). Absent: it flows to the first step.
   */
  readonly truncate?: number
}

/** All states of a cell, and the last. */
export interface Unrolled {
  /** `[steps, n, units]`, after each step. */
  readonly states: Expr
  /** `[n, units]` */
  readonly last: Expr
}

/**
 * Runs a cell over `x` `[steps, n, inputs]`, with `own` giving its tensors by name. Products of inputs are made for all steps
 * at once. The value is that without `truncate`, to the bit. States whose magnitude falls below 2⁻⁶⁰ become 0, so that what fades
 * never becomes denormal. Throws on other shapes.
 */
export const unroll = (cell: Cell, own: (name: string) => Expr, x: Expr, options: UnrollOptions = {}): Unrolled => {
  assertOptions(cell.kind, options, { start: optional(expression), truncate: optional(wholeFrom(1)) })
  const [, n = 0] = x.shape
  const { start = zeros([n, cell.units]), truncate } = options
  assertShape(
    x.shape.length === 3 && start.shape.length === 2 && start.shape[0] === n && start.shape[1] === cell.units,
    cell.kind,
    `inputs [steps, n, inputs] and a state [n, ${cell.units}]`,
    x.shape,
    start.shape,
  )
  const step = cell.step(own)
  const after = (state: Expr, given: Expr): Expr => flush(step(state, given), cotangentFloor)
  if (truncate === undefined) {
    const { states, outputs } = scan({ states: { state: start }, inputs: { x } }, (s, { x: given }) => {
      const state = after(s.state, given)
      return { states: { state }, outputs: { state } }
    })
    return { states: outputs.state, last: states.state }
  }
  // steps since the gradient was cut: a number that is carried along costs less than windows that are loops of their own
  const { states, outputs } = scan({ states: { state: start, age: literal(0) }, inputs: { x } }, (s, { x: given }) => {
    const state = after(selectEqual(s.age, truncate, stop(s.state), s.state), given)
    return { states: { state, age: add(selectEqual(s.age, truncate, 0, s.age), 1) }, outputs: { state } }
  })
  return { states: outputs.state, last: states.state }
}

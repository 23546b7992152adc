/**
 * What people write with: arithmetic on expressions and numbers, with broadcasting. Numbers become literals; a scalar, a row
 * `[n]` or a column `[m, 1]` meets `[m, n]` through an explicit `broadcast` node. Functions that need none of that
 * (`dot`, `rows`, `exp`, …) come straight from `primitives/`.
 */
import type { Expr } from './expr.js'
import { abs as absOf } from './primitives/abs.js'
import { add as addTwo } from './primitives/add.js'
import { divide } from './primitives/divide.js'
import { erf as erfOf } from './primitives/erf.js'
import { exp as expOf } from './primitives/exp.js'
import { flush as flushOf } from './primitives/flush.js'
import { literal } from './primitives/leaf.js'
import { log as logOf } from './primitives/log.js'
import { multiply } from './primitives/multiply.js'
import { negate } from './primitives/negate.js'
import { reshape } from './primitives/reshape.js'
import { selectEqual as selectEqualOf } from './primitives/selectEqual.js'
import { selectGreater as selectGreaterOf } from './primitives/selectGreater.js'
import { sigmoid as sigmoidOf } from './primitives/sigmoid.js'
import { cos as cosOf, sin as sinOf } from './primitives/sinCos.js'
import { sqrt as sqrtOf } from './primitives/sqrt.js'
import { subtract } from './primitives/subtract.js'
import { broadcast, sum as sumOver, type SumAxes } from './primitives/sumBroadcast.js'
import { tanh as tanhOf } from './primitives/tanh.js'
import { assertShape, commonShape, type Shape, sizeOf } from './shape.js'

export { assemble, slice } from './primitives/sliceAssemble.js'
export { convolve } from './primitives/convolve.js'
export { dot } from './primitives/dot.js'
export { block, input, literal } from './primitives/leaf.js'
export { joinLast, sliceLast } from './primitives/joinLast.js'
export { maxLast } from './primitives/maxLast.js'
export { onHost } from './primitives/onHost.js'
export { oneHot } from './primitives/oneHot.js'
export { permute } from './primitives/permute.js'
export { poolMax } from './primitives/poolMax.js'
export { poolMean } from './primitives/poolSum.js'
export { normal } from './normal.js'
export { random } from './primitives/random.js'
export { rankLast } from './primitives/rankLast.js'
export { relu } from './primitives/relu.js'
export { rows, scatterAdd } from './primitives/rows.js'
export { scan } from './scan.js'
export { stop } from './primitives/stop.js'
export { surrogate } from './primitives/surrogate.js'
export { broadcast, reshape }

/** An expression or a plain number, which stands for a literal. */
export type Num = Expr | number

const lift = (x: Num): Expr => (typeof x === 'number' ? literal(x) : x)

const together = (operation: string, ...xs: readonly Num[]): readonly Expr[] => {
  const es = xs.map(lift)
  const shape = es.reduce<Shape>((s, e) => commonShape(operation, s, e.shape), es[0]?.shape ?? [])
  return es.map((e) => broadcast(e, shape))
}

const fold =
  (operation: string, f: (a: Expr, b: Expr) => Expr) =>
  (first: Num, ...rest: readonly Num[]): Expr =>
    rest.reduce<Expr>((acc, x) => {
      const [a, b] = together(operation, acc, x)
      return f(a!, b!)
    }, lift(first))

/** Sum of all arguments, from left to right. */
export const add = fold('add', addTwo)
/** Product of all arguments, from left to right. */
export const mul = fold('mul', multiply)
/** `a - b`. */
export const sub: (a: Num, b: Num) => Expr = fold('sub', subtract)
/** `a / b`. */
export const div: (a: Num, b: Num) => Expr = fold('div', divide)
/** `-a`. */
export const neg = (a: Num): Expr => negate(lift(a))
/** `a²`. */
export const square = (a: Num): Expr => multiply(lift(a), lift(a))
/** `√a`. */
export const sqrt = (a: Num): Expr => sqrtOf(lift(a))
/** `e^a`. */
export const exp = (a: Num): Expr => expOf(lift(a))
/** `ln a`. */
export const log = (a: Num): Expr => logOf(lift(a))
/** `tanh a`. */
export const tanh = (a: Num): Expr => tanhOf(lift(a))
/** `1/(1 + e^−a)`. */
export const sigmoid = (a: Num): Expr => sigmoidOf(lift(a))
/** `2/√π ∫₀ᵃ e^(−t²) dt`. */
export const erf = (a: Num): Expr => erfOf(lift(a))
/** The sine of `a` radians, up to 6433; see the primitive. */
export const sin = (a: Num): Expr => sinOf(lift(a))
/** The cosine of `a` radians, up to 6433; see the primitive. */
export const cos = (a: Num): Expr => cosOf(lift(a))
/** `|a|`. */
export const abs = (a: Num): Expr => absOf(lift(a))
/** Magnitudes below `below` become 0; the derivative passes. */
export const flush = (a: Num, below: number): Expr => flushOf(lift(a), below)

/** `a > b ? c : d`. */
export const selectGreater = (a: Num, b: Num, c: Num, d: Num): Expr => {
  const [p, q, r, s] = together('selectGreater', a, b, c, d)
  return selectGreaterOf(p!, q!, r!, s!)
}
/** `a > 0 ? 1 : 0`, and 0 for NaN; no derivative: for one, see `surrogate`. */
export const step = (a: Num): Expr => selectGreater(a, 0, 1, 0)
/** `a = b ? c : d`. */
export const selectEqual = (a: Num, b: Num, c: Num, d: Num): Expr => {
  const [p, q, r, s] = together('selectEqual', a, b, c, d)
  return selectEqualOf(p!, q!, r!, s!)
}
/** The larger of two: `a > b ? a : b`; a NaN on either side gives `b`. */
export const maximum = (a: Num, b: Num): Expr => selectGreater(a, b, a, b)
/** The smaller of two: `b > a ? a : b`; a NaN on either side gives `b`. */
export const minimum = (a: Num, b: Num): Expr => selectGreater(b, a, a, b)

/**
 * Over which axes `sum` and `mean` run: absent, all; `'last'`, the last (`[m, n]` → `[m]`, `[n, h, w, c]` → `[n, h, w]`);
 * `'leading'`, all but the last (`[m, n]` → `[n]`, `[n, h, w, c]` → `[c]`). For matrices 0 means leading and 1 means last.
 */
export type Axes = 0 | 1 | 'leading' | 'last'

const axesOf = (operation: string, x: Expr, axes: Axes | undefined): SumAxes => {
  if (typeof axes === 'string') return axes
  assertShape(axes === undefined || x.shape.length === 2, operation, `a matrix for axis ${axes}`, x.shape)
  return axes === undefined ? 'all' : axes === 0 ? 'leading' : 'last'
}

/** Sum over everything or over some axes; the order of additions is that of the primitive. */
export const sum = (x: Expr, axes?: Axes): Expr => sumOver(x, axesOf('sum', x, axes))
/** Mean over everything or over some axes, as sum divided by count. */
export const mean = (x: Expr, axes?: Axes): Expr => {
  const total = sumOver(x, axesOf('mean', x, axes))
  return div(total, sizeOf(x.shape) / sizeOf(total.shape))
}
/** `[m]` → `[m, 1]`: one value for each row, ready to broadcast. */
export const column = (x: Expr): Expr => reshape(x, [sizeOf(x.shape), 1])
/** A tensor of zeros. */
export const zeros = (shape: Shape): Expr => broadcast(literal(0), shape)
/** A tensor of ones. */
export const ones = (shape: Shape): Expr => broadcast(literal(1), shape)

/** Loops over time as people write them: states, inputs, outputs and sums by name. */
import type { Expr } from './expr.js'
import { placeholder } from './primitives/leaf.js'
import { type Bound, loop } from './loop.js'
import { scanPrimitive } from './primitives/scan.js'
import { assertShape, sameShape } from './shape.js'

/** What a loop runs over. */
export interface ScanOptions<S extends string, X extends string> {
  /** What is carried from step to step, before the first: at most three axes. */
  readonly states: Readonly<Record<S, Expr>>
  /** `[steps, ...]`: a step sees one row. f32; gather rows of tables and encode labels of all steps at once before the loop. */
  readonly inputs?: Readonly<Record<X, Expr>>
  /** Only needed where there are no inputs. */
  readonly steps?: number
  /** From the last step to the first; outputs stay in the order of the inputs. */
  readonly reverse?: boolean
}

/** What a step gives: the next states (all of them, in their shapes), outputs to stack, values to add up. */
export interface Step<S extends string, Y extends string, Z extends string> {
  readonly states: Readonly<Record<S, Expr>>
  readonly outputs?: Readonly<Record<Y, Expr>>
  readonly sums?: Readonly<Record<Z, Expr>>
}

/** What a loop gives: the states after the last step, the outputs `[steps, ...]`, the sums in the order of the steps from +0. */
export interface Scanned<S extends string, Y extends string, Z extends string> {
  readonly states: Readonly<Record<S, Expr>>
  readonly outputs: Readonly<Record<Y, Expr>>
  readonly sums: Readonly<Record<Z, Expr>>
}

/**
 * Runs `step` over the leading axis of the inputs. The step is built once, whatever the number of steps, and may read anything
 * else (parameters, masks, the values of a loop around it). Reverse mode works, and reverse mode of that. What decays towards
 * zero needs a `flush` in the step, as anywhere.
 *
 *     const { outputs, states } = scan({ states: { h: zeros([batch, units]) }, inputs: { x } }, ({ h }, { x }) => {
 *       const next = relu(add(dot(h, recurrent), dot(x, weights, { init: bias })))
 *       return { states: { h: next }, outputs: { h: next } }
 *     })
 */
export const scan = <S extends string, X extends string = never, Y extends string = never, Z extends string = never>(
  { states, inputs, steps, reverse = false }: ScanOptions<S, X>,
  step: (states: Readonly<Record<S, Expr>>, inputs: Readonly<Record<X, Expr>>) => Step<S, Y, Z>,
): Scanned<S, Y, Z> => {
  const xs: readonly [string, Expr][] = Object.entries(inputs ?? {})
  const count = steps ?? xs[0]?.[1].shape[0]
  if (count === undefined || !Number.isInteger(count) || count < 1)
    throw new Error('scan: the number of steps must be given, or an input [steps, ...]')
  for (const [name, x] of xs)
    assertShape(x.shape[0] === count && x.dtype === 'f32', 'scan', `input '${name}' as f32 [${count}, ...]`, x.shape)
  const from: readonly [string, Expr][] = Object.entries(states)
  for (const [name, s] of from)
    assertShape(s.shape.length <= 3 && s.dtype === 'f32', 'scan', `state '${name}' as f32 of up to three axes`, s.shape)
  const s: readonly Bound[] = from.map(([name, value]) => ({
    leaf: placeholder(`${name} of the step`, value.shape),
    value,
  }))
  const x: readonly Bound[] = xs.map(([name, value]) => ({
    leaf: placeholder(`${name} of the step`, value.shape.slice(1)),
    value,
  }))
  const leaves = <K extends string>(names: readonly [string, Expr][], bound: readonly Bound[]): Record<K, Expr> =>
    named(
      names.map(([name]) => name),
      bound.map((b) => b.leaf),
    )
  const made = step(leaves(from, s), leaves(xs, x))
  const next = from.map(([name, before]): Expr => {
    const after: Expr | undefined = Object.entries<Expr>(made.states).find(([key]) => key === name)?.[1]
    if (after === undefined) throw new Error(`scan: the step gives no next state '${name}'`)
    assertShape(
      sameShape(after.shape, before.shape),
      'scan',
      `state '${name}' to keep its shape`,
      before.shape,
      after.shape,
    )
    return after
  })
  const outputs: readonly [string, Expr][] = Object.entries(made.outputs ?? {})
  for (const [name, y] of outputs)
    assertShape(y.shape.length <= 3, 'scan', `output '${name}' of up to three axes`, y.shape)
  const sums: readonly [string, Expr][] = Object.entries(made.sums ?? {})
  const result = loop(scanPrimitive, {
    steps: count,
    reverse,
    states: s,
    inputs: x,
    next,
    outputs: outputs.map(([, e]) => e),
    sums: sums.map(([, e]) => e),
    keepsProducts: true,
  })
  const keys = (entries: readonly [string, Expr][]): readonly string[] => entries.map(([name]) => name)
  return {
    states: named(keys(from), result.states),
    outputs: named(keys(outputs), result.outputs),
    sums: named(keys(sums), result.sums),
  }
}

function named<K extends string>(names: readonly string[], values: readonly Expr[]): Record<K, Expr>
function named(names: readonly string[], values: readonly Expr[]): Record<string, Expr> {
  return Object.fromEntries(names.map((name, i) => [name, values[i]!]))
}

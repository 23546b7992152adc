/**
 * Derivatives of expressions against each other and against differences, in f64, as plain as can be: what the laws over the table of
 * primitives are made of. Nothing here is shared with `checkGradients`, so the two can disagree.
 */
import { type Env, evaluate } from '../../src/graph/evaluate.js'
import type { Expr, Primitive } from '../../src/graph/expr.js'
import { gradients } from '../../src/graph/grad.js'
import { jvp } from '../../src/graph/jvp.js'
import { add, input, literal, mul, sum } from '../../src/graph/ops.js'
import { promised } from '../../src/graph/promised.js'
import { sizeOf } from '../../src/graph/shape.js'
import { simplify } from '../../src/graph/simplify.js'
import { topological } from '../../src/graph/topological.js'
import { integers, permutation, uniforms } from '../../src/random/draw.js'
import { folded, key, named } from '../../src/random/key.js'

type Values = Readonly<Record<string, Float64Array>>

/** Expressions over inputs, and values of the inputs. */
export interface Instance {
  readonly ys: readonly Expr[]
  /** The f32 inputs. */
  readonly leaves: readonly Expr[]
  readonly env: Values
}

const nameOf = (e: Expr): string => String(e.attrs.name)

/**
 * Values for the inputs of `e`. `smooth`: no two entries are equal or near each other, none is near a multiple of 1/1024, so no
 * primitive is near a kink. `kinks`: multiples of 1/2, so entries are equal, zero and whole all the time.
 */
export const pointOf = (e: Expr, seed: number, on: 'smooth' | 'kinks', positive = false): Values => {
  const inputs = topological([e]).filter((leaf) => leaf.op.name === 'input')
  const order = permutation(named(key(seed), 'smooth'), 4096)
  let next = 0
  const draw = (leaf: Expr): Float64Array => {
    const size = sizeOf(leaf.shape)
    const coarse = integers(named(key(seed), nameOf(leaf)), size, leaf.dtype === 'f32' ? 5 : 4)
    if (leaf.dtype !== 'f32') return Float64Array.from(coarse)
    if (on === 'kinks') return Float64Array.from(coarse, (k) => (positive ? k + 1 : k - 2) / 2)
    return Float64Array.from(coarse, () => (order[next++ % 4096]! - 2048) / 1024 + 1 / 2048 + (positive ? 2.5 : 0))
  }
  return Object.fromEntries(inputs.map((leaf) => [nameOf(leaf), draw(leaf)]))
}

/** A random instance of a primitive, at a random point. */
export const instanceOf = (primitive: Primitive, seed: number, on: 'smooth' | 'kinks'): Instance => {
  if (primitive.sample === undefined) throw new Error(`'${primitive.name}' has no sample`)
  const e = primitive.sample(folded(key(7), seed))
  const leaves = topological([e]).filter((leaf) => leaf.op.name === 'input' && leaf.dtype === 'f32')
  return { ys: [e], leaves, env: pointOf(e, seed, on, primitive.positive === true) }
}

const inner = (a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number =>
  a.reduce((acc, x, i) => acc + Array.from(x).reduce((s, v, j) => s + v * b[i]![j]!, 0), 0)

const weights = (es: readonly Expr[], name: string, seed: number) => {
  const inputs = es.map((e, i) => input(`${name}${i}`, e.shape))
  const values = inputs.map((x) =>
    Float64Array.from(uniforms(named(key(seed), nameOf(x)), sizeOf(x.shape)), (u) => 2 * u - 1),
  )
  return { inputs, values, env: Object.fromEntries(inputs.map((x, i) => [nameOf(x), values[i]!])) }
}

const total = (es: readonly Expr[]): Expr => es.reduce((a, b) => add(a, b), literal(0))
const paired = (a: readonly Expr[], b: readonly Expr[]): Expr => total(a.map((x, i) => sum(mul(x, b[i]!))))

/** |a − b| in units of the larger of |a|, |b| and 1. NaN is as far as can be. */
const gap = (a: number, b: number): number => {
  const d = Math.abs(a - b) / Math.max(1, Math.abs(a), Math.abs(b))
  return Number.isNaN(d) ? Number.POSITIVE_INFINITY : d
}
const gaps = (as: readonly ArrayLike<number>[], bs: readonly ArrayLike<number>[]): number =>
  as.reduce((worst, a, i) => Array.from(a).reduce((w, x, j) => Math.max(w, gap(x, bs[i]![j]!)), worst), 0)

/** Central differences of the promise of `ys` at the point, along `along`. */
const differences = (
  ys: readonly Expr[],
  leaves: readonly Expr[],
  env: Values,
  along: readonly ArrayLike<number>[],
): readonly Float64Array[] => {
  const bases = leaves.map((leaf) => ({ of: leaf, base: input(`base of ${nameOf(leaf)}`, leaf.shape) }))
  const promise = promised(ys, bases)
  const fixed: Env = { ...env, ...Object.fromEntries(bases.map(({ of, base }) => [nameOf(base), env[nameOf(of)]!])) }
  const at = (h: number) => {
    const moved = leaves.map((l, i) => [nameOf(l), env[nameOf(l)]!.map((x, j) => x + h * along[i]![j]!)])
    return evaluate(promise, { ...fixed, ...Object.fromEntries(moved) }, 'f64')
  }
  const h = 1e-5
  const [plus, minus] = [at(h), at(-h)]
  return plus.map((p, i) => p.map((x, j) => (x - minus[i]![j]!) / (2 * h)))
}

/** |⟨u, Jv⟩ − ⟨Jᵀu, v⟩|, relative: how far forward and reverse mode are from being each other's transpose. */
export const transposeGap = ({ ys, leaves, env }: Instance, seed: number): number => {
  const [u, v] = [weights(ys, 'u', seed), weights(leaves, 'v', seed)]
  const all = { ...env, ...u.env, ...v.env }
  const forward = evaluate(jvp(ys, directions(leaves, v.inputs)), all, 'f64')
  const reverse = evaluate(gradients(paired(ys, u.inputs), leaves), all, 'f64')
  return gap(inner(u.values, forward), inner(reverse, v.values))
}

const directions = (leaves: readonly Expr[], along: readonly Expr[]) =>
  leaves.map((of, i) => ({ of, along: along[i]! }))

/** Forward mode in a random direction against differences of the promise, entry by entry. */
export const forwardGap = ({ ys, leaves, env }: Instance, seed: number): number => {
  const v = weights(leaves, 'v', seed)
  const forward = evaluate(jvp(ys, directions(leaves, v.inputs)), { ...env, ...v.env }, 'f64')
  return gaps(forward, differences(ys, leaves, env, v.values))
}

/** Reverse mode against differences of the promise, entry by entry of every argument. */
export const reverseGap = ({ ys, leaves, env }: Instance, seed: number): number => {
  const u = weights(ys, 'u', seed)
  const reverse = evaluate(gradients(paired(ys, u.inputs), leaves), { ...env, ...u.env }, 'f64')
  const slopes = leaves.map((leaf, k) =>
    Float64Array.from({ length: sizeOf(leaf.shape) }, (_, i) => {
      const unit = leaves.map((l, j) =>
        Float64Array.from({ length: sizeOf(l.shape) }, (_, n) => Number(j === k && n === i)),
      )
      return inner(u.values, differences(ys, leaves, env, unit))
    }),
  )
  return gaps(reverse, slopes)
}

/** How far the promise at a point `by` away from its base is from the value there; constants are folded in f32 in both. */
export const promiseGap = ({ ys, leaves, env }: Instance, by: number, seed: number): number => {
  const bases = leaves.map((leaf) => ({ of: leaf, base: input(`base of ${nameOf(leaf)}`, leaf.shape) }))
  const v = weights(leaves, 'v', seed)
  const moved = Object.fromEntries(
    leaves.map((l, i) => [nameOf(l), env[nameOf(l)]!.map((x, j) => x + by * v.values[i]![j]!)]),
  )
  const fixed = Object.fromEntries(bases.map(({ of, base }) => [nameOf(base), env[nameOf(of)]!]))
  const all = evaluate([...promised(ys, bases), ...simplify(ys)], { ...env, ...fixed, ...moved }, 'f64')
  return gaps(all.slice(0, ys.length), all.slice(ys.length))
}

/**
 * Hessian-vector products of `Σ u·y·(1 + y)`: forward over reverse against reverse over reverse, and against differences of the
 * promised gradient.
 */
export const secondGap = ({ ys, leaves, env }: Instance, seed: number) => {
  const [u, v] = [weights(ys, 'u', seed), weights(leaves, 'v', seed)]
  const all = { ...env, ...u.env, ...v.env }
  const first = gradients(
    paired(
      ys.map((y) => mul(y, add(y, 1))),
      u.inputs,
    ),
    leaves,
  )
  const over = jvp(first, directions(leaves, v.inputs))
  const back = gradients(paired(first, v.inputs), leaves)
  const values = evaluate([...over, ...back], all, 'f64')
  const [forward, reverse] = [values.slice(0, leaves.length), values.slice(leaves.length)]
  return { modes: gaps(forward, reverse), differences: gaps(forward, differences(first, leaves, all, v.values)) }
}

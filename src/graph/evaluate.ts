/**
 * The reference: plain loops, one node after another, readable and slow. In f32 it is the truth that compiled programs must
 * equal bit for bit; in f64 it serves gradient checks (there `exp` and `log` are the engine's own).
 */
import type { Expr, Vector } from './expr.js'
import { lower } from './lower.js'
import { input, literalValue } from './primitives/leaf.js'
import { sizeOf } from './shape.js'
import { topological } from './topological.js'

/** Values of inputs and blocks by name. */
export type Env = Readonly<Record<string, ArrayLike<number> | number>>

/** Values of `outputs`, flat, in order. Throws when the environment lacks a name or gives it another size. */
export function evaluate(outputs: readonly Expr[], env: Env, precision: 'f32'): readonly Float32Array[]
export function evaluate(outputs: readonly Expr[], env: Env, precision: 'f64'): readonly Float64Array[]
export function evaluate(
  outputs: readonly Expr[],
  env: Env,
  precision: 'f32' | 'f64',
): readonly (Float32Array | Float64Array)[] {
  return precision === 'f32' ? interpret(lower(outputs), env, precision) : interpret(outputs, env, precision)
}

/** `evaluate` of a graph that is lowered already where `precision` is f32. */
export const interpret = (
  roots: readonly Expr[],
  env: Env,
  precision: 'f32' | 'f64',
): readonly (Float32Array | Float64Array)[] => {
  const values = trace(roots, env, precision)
  return roots.map((e) => toVector(vector(precision, sizeOf(e.shape)), values.get(e) ?? []))
}

/**
 * The value of every node that `roots` read, arguments before users: what `evaluate` computes, without lowering the graph first. A
 * composite function has the value of its expansion in f32.
 */
export const trace = (roots: readonly Expr[], env: Env, precision: 'f32' | 'f64'): ReadonlyMap<Expr, Vector> => {
  const make = (n: number) => vector(precision, n)
  const round = precision === 'f32' ? Math.fround : (x: number) => x
  const values = new Map<Expr, Vector>()
  const leaf = (e: Expr): Vector => {
    const literal = literalValue(e)
    if (literal !== undefined) return make(1).fill(literal)
    const name = String(e.attrs.name)
    const given = env[name]
    if (given === undefined)
      throw new Error(`evaluate: ${e.op.name} '${name}' has no value; known: ${Object.keys(env).join(', ')}`)
    const list = typeof given === 'number' ? [given] : given
    if (list.length !== sizeOf(e.shape))
      throw new Error(
        `evaluate: ${e.op.name} '${name}' has ${list.length} values, its shape [${e.shape.join(', ')}] needs ${sizeOf(e.shape)}`,
      )
    return e.dtype === 'i32'
      ? Int32Array.from(list)
      : e.dtype === 'u8'
        ? Uint8Array.from(list)
        : toVector(make(list.length), list)
  }
  for (const e of topological(roots)) {
    if (e.op.codegen === 'leaf') {
      values.set(e, leaf(e))
      continue
    }
    const out = make(sizeOf(e.shape))
    const args = e.args.map((a) => values.get(a) ?? out)
    if (precision === 'f32' && e.op.expand !== undefined) out.set(expanded(e, args))
    else e.op.reference(args, out, e, round)
    values.set(e, out)
  }
  return values
}

/** The f32 value of a composite function for these arguments. */
const expanded = (e: Expr, values: readonly Vector[]): Float32Array => {
  const args = e.args.map((a, i) => input(String(i), a.shape))
  return evaluate([{ ...e, args }], Object.fromEntries(values.entries()), 'f32')[0] ?? new Float32Array(0)
}

const vector = (precision: 'f32' | 'f64', n: number): Float32Array | Float64Array =>
  precision === 'f32' ? new Float32Array(n) : new Float64Array(n)

const toVector = <V extends Float32Array | Float64Array>(out: V, list: ArrayLike<number>): V => {
  out.set(list)
  return out
}

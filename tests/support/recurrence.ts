/** Random steps of loops over time from a seed, and the same loop written out step by step: what `scan` must equal. */
import type { Expr } from '../../src/graph/expr.js'
import * as o from '../../src/graph/ops.js'
import { sizeOf } from '../../src/graph/shape.js'
import { uniforms } from '../../src/random/draw.js'
import { folded, key, named } from '../../src/random/key.js'

export const tanh = (z: Expr): Expr => o.sub(1, o.div(2, o.add(1, o.exp(o.mul(2, z)))))
const sigmoid = (z: Expr): Expr => o.div(1, o.add(1, o.exp(o.neg(z))))

type Exprs = Readonly<Record<string, Expr>>
export interface Made {
  readonly states: Exprs
  readonly outputs: Exprs
  readonly sums: Exprs
}
export type StepOf = (states: Exprs, inputs: Exprs) => Made

export interface Recurrence {
  readonly states: Exprs
  readonly inputs: Exprs
  readonly steps: number
  readonly reverse: boolean
  readonly step: StepOf
  /** Everything that a derivative may be taken by. */
  readonly leaves: readonly Expr[]
  readonly env: Readonly<Record<string, Float64Array>>
}

/** The loop without `scan`: one copy of the step for each time. */
export const unrolled = ({ states, inputs, steps, reverse, step }: Recurrence): Made => {
  const rows: Made[] = []
  let now = states
  const order = Array.from({ length: steps }, (_, i) => (reverse ? steps - 1 - i : i))
  for (const t of order) {
    const at = (x: Expr) => o.slice(x, t * sizeOf(x.shape.slice(1)), x.shape.slice(1))
    rows[t] = step(now, Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, at(x)])))
    now = rows[t].states
  }
  const stack = (es: readonly Expr[]) => {
    const size = sizeOf(es[0]!.shape)
    const parts = es.map((value, t) => ({ at: t * size, value: o.reshape(value, [size]) }))
    return o.reshape(o.assemble(steps * size, parts), [steps, ...es[0]!.shape])
  }
  const added = (es: readonly Expr[]) => es.reduce((a, b) => o.add(a, b), o.zeros(es[0]!.shape))
  const all = (kind: 'outputs' | 'sums', f: (es: readonly Expr[]) => Expr, inOrder: readonly number[]) =>
    Object.fromEntries(Object.keys(rows[0]![kind]).map((name) => [name, f(inOrder.map((t) => rows[t]![kind][name]!))]))
  return {
    states: now,
    outputs: all(
      'outputs',
      stack,
      [...order].sort((a, b) => a - b),
    ),
    sums: all('sums', added, order),
  }
}

/** A recurrence of two states `[B, H]` over inputs `[T, B, D]` with parameters in one flat vector; `stops`: uses `stop` and kinks, too. */
export const randomRecurrence = (seed: number, stops = true): Recurrence => {
  const base = key(seed)
  let count = 0
  const u = (): number => uniforms(folded(named(base, 'choice'), count++), 1)[0] ?? 0
  const upTo = (n: number): number => 1 + Math.floor(u() * n)
  const pick = <A>(xs: readonly A[]): A => xs[Math.floor(u() * xs.length)]!
  const [T, B, D, H] = [pick([1, 2, 3, 6]), upTo(3), upTo(4), upTo(5)]
  const p = o.block('p', [D * H + H * H + 2 * H])
  const x = o.input('x', [T, B, D])
  const gate = o.input('gate', [T])
  const mask = o.input('mask', [B, H])
  const scale = o.block('scale')
  const from = { h: o.input('h0', [B, H]), c: u() < 0.5 ? o.input('c0', [B, H]) : o.zeros([B, H]) }
  const kinds = Array.from({ length: upTo(9) }, () => u())
  const picks = Array.from({ length: 60 }, () => u())
  const fixed = {
    weights: o.slice(p, 0, [D, H]),
    recurrent: o.slice(p, D * H, [H, H]),
    bias: o.slice(p, D * H + H * H, [H]),
    row: o.slice(p, D * H + H * H + H, [H]),
  }
  const step: StepOf = ({ h, c }, inputs) => {
    let next = 0
    const choose = <A>(xs: readonly A[]): A => xs[Math.floor(picks[next++ % picks.length]! * xs.length)]!
    const pool: Expr[] = [h!, c!, mask, o.dot(inputs.x!, fixed.weights, { init: fixed.bias })]
    for (const kind of kinds) {
      const [a, b] = [choose(pool), choose(pool)]
      if (kind < 0.15) pool.push(o.dot(a, fixed.recurrent, { tb: kind < 0.07 }))
      else if (stops && kind < 0.2) pool.push(o.relu(o.sub(a, b)))
      else if (kind < 0.3) pool.push(tanh(o.add(a, b)))
      else if (kind < 0.45) pool.push(o.add(o.mul(sigmoid(a), b), o.mul(o.sub(1, sigmoid(a)), h!)))
      else if (kind < 0.55) pool.push(o.mul(a, inputs.gate!))
      else if (kind < 0.65) pool.push(o.add(o.mul(a, o.exp(scale)), fixed.row))
      else if (kind < 0.75)
        pool.push(o.sub(tanh(a), o.column(stops && kind < 0.7 ? o.maxLast(b) : o.mean(o.square(b), 1))))
      else if (kind < 0.85) pool.push(o.sub(a, o.mul(stops ? o.stop(b) : b, o.slice(p, 0, []))))
      else {
        const inner = o.scan({ states: { v: a }, steps: 3 }, ({ v }) => {
          const after = tanh(o.add(o.dot(v, fixed.recurrent), o.mul(b, h!)))
          return { states: { v: after }, outputs: { v: o.square(after) }, sums: { s: o.mul(after, mask) } }
        })
        pool.push(o.add(inner.states.v, inner.sums.s), o.slice(inner.outputs.v, B * H, [B, H]))
      }
    }
    const after = {
      h: tanh(choose(pool)),
      c: choose([c!, h!, tanh(choose(pool)), o.mul(0.5, o.add(c!, tanh(choose(pool))))]),
    }
    return {
      states: after,
      outputs: { a: choose([...pool, after.h]), b: choose([inputs.x!, h!, mask, after.c]), s: o.sum(choose(pool)) },
      sums: { l: choose(pool), m: o.mean(choose(pool)) },
    }
  }
  const leaves = [p, x, gate, mask, scale, from.h, from.c].filter((e) => e.args.length === 0)
  const grid = (v: number): number => (Math.floor(v * 2048) - 1024) / 1024 + 1 / 2048
  const env = Object.fromEntries(
    leaves.map((e) => {
      const name = String(e.attrs.name)
      return [name, Float64Array.from(uniforms(named(base, name), sizeOf(e.shape)), grid)]
    }),
  )
  return { states: from, inputs: { x, gate }, steps: T, reverse: u() < 0.4, step, leaves, env }
}

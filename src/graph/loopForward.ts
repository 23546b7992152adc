/**
 * Loops beside a loop: over the same steps in the same direction, with a companion for each state. A step reads what the loop itself
 * has written (the state that entered it, the products it kept) and computes the companions alone; they are put where the loop has
 * its values, so that a part of the result belongs to that part of the value. Forward mode is such a loop, and so is the promise.
 */
import type { Body, Expr } from './expr.js'
import { jvp } from './jvp.js'
import { loop } from './loop.js'
import { cotangentFloor, flush } from './primitives/flush.js'
import { literalValue, placeholder } from './primitives/leaf.js'
import { reshape } from './primitives/reshape.js'
import { assemble, slice } from './primitives/sliceAssemble.js'
import { zerosLike } from './primitives/sumBroadcast.js'
import { promised } from './promised.js'
import { type Rows, scanOf } from './scanParts.js'
import { sizeOf } from './shape.js'
import { substitute } from './substitute.js'
import { reaching } from './sweep.js'
import { topological } from './topological.js'

/** A leaf of the body, and the leaf that stands for its companion. */
interface Pair {
  readonly leaf: Expr
  readonly own: Expr
}

interface Kind {
  /** Companions of expressions of the body, from those of its leaves. */
  readonly of: (ys: readonly Expr[], pairs: readonly Pair[]) => readonly Expr[]
  /** The companion of what has none of its own. */
  readonly rest: (value: Expr) => Expr
  /** What becomes of a state's companion before the next step. */
  readonly carried: (companion: Expr) => Expr
}

/** The companion of the value of `e`, from those of its arguments (null: `rest`); null where no part has one. */
const beside = (e: Expr, args: readonly (Expr | null)[], kind: Kind): Expr | null => {
  const { body, parts } = scanOf(e)
  const { steps, reverse } = parts
  const [n, m] = [body.states.length, body.inputs.length]
  const leaves = [...body.states, ...body.inputs, ...body.constants]
  const reached = reachedFrom(
    leaves.filter((_, i) => (args[i] ?? null) !== null),
    body,
  )
  const own = new Map(leaves.flatMap((leaf) => (reached.has(leaf) ? [[leaf, placeholder('beside', leaf.shape)]] : [])))
  const carried = body.next.filter((_, i) => own.has(body.states[i]!))
  const outputs = body.outputs.filter((y) => reached.has(y))
  const sums = body.sums.filter((y) => reached.has(y))
  const written = [...carried, ...outputs, ...sums]
  if (written.length === 0) return null
  const made = kind.of(
    written,
    [...own].map(([leaf, companion]) => ({ leaf, own: companion })),
  )

  const read = (list: readonly Expr[], from: number) => list.map((leaf, i) => ({ leaf, value: e.args[from + i]! }))
  const companions = (list: readonly Expr[], from: number) =>
    list.flatMap((leaf, i) => {
      const value = e.args[from + i]!
      return own.has(leaf) ? [{ leaf: own.get(leaf)!, value: args[from + i] ?? kind.rest(value) }] : []
    })
  const stacks = (list: readonly Expr[], rows: readonly Rows[], first: 0 | 1) =>
    list.map((leaf, i) => ({ leaf, value: slice(e, rows[i]!.at + first * rows[i]!.size, [steps, ...leaf.shape]) }))
  const looped = loop(e.op, {
    steps,
    reverse,
    states: companions(body.states, 0),
    inputs: [
      ...stacks(body.states, parts.states, parts.enters),
      ...read(body.inputs, n),
      ...companions(body.inputs, n),
    ],
    constants: [...read(body.constants, n + m), ...companions(body.constants, n + m)],
    known: [...stacks(body.next, parts.states, parts.leaves), ...stacks(body.outputs, parts.outputs, 0)],
    next: made.slice(0, carried.length).map(kind.carried),
    outputs: made.slice(carried.length, carried.length + outputs.length),
    sums: made.slice(carried.length + outputs.length),
    keepsProducts: false,
  })

  const way = scanOf(looped.whole).parts.states
  const values = [
    ...way.map(({ at, size }) => slice(looped.whole, at, [(steps + 1) * size])),
    ...looped.outputs,
    ...looped.sums,
  ]
  const place = (rows: readonly Rows[], count: number, has: (i: number) => boolean) =>
    rows.map(({ at, size }, i) => ({
      at,
      value: has(i) ? reshape(values.shift()!, [count * size]) : kind.rest(slice(e, at, [count * size])),
    }))
  const placed = [
    ...place(parts.states, steps + 1, (i) => own.has(body.states[i]!)),
    ...place(parts.outputs, steps, (i) => reached.has(body.outputs[i]!)),
    ...place(parts.sums, 1, (i) => reached.has(body.sums[i]!)),
  ]
  // Where there is no part there are zeros.
  return assemble(
    sizeOf(e.shape),
    placed.filter(({ value }) => literalValue(value) !== 0),
  )
}

/** What depends on some leaves of a body from step to step: a state that a step makes depend on them is one of them from then on. */
const reachedFrom = (leaves: readonly Expr[], body: Body): ReadonlySet<Expr> => {
  const found = reaching(topological([...body.next, ...body.outputs, ...body.sums]), leaves)
  const more = body.states.filter((state, i) => !found.has(state) && found.has(body.next[i]!))
  return more.length === 0 ? found : reachedFrom([...leaves, ...more], body)
}

/** Tangent of a scan node, laid out as its value; null where nothing flows. */
export const tangentOfLoop = (tangents: readonly (Expr | null)[], e: Expr): Expr | null =>
  beside(e, tangents, {
    of: (ys, pairs) =>
      jvp(
        ys,
        pairs.map(({ leaf, own }) => ({ of: leaf, along: own })),
      ),
    rest: zerosLike,
    // A tangent that has all but vanished would become denormal and stay so from step to step.
    carried: (t) => flush(t, cotangentFloor),
  })

/**
 * What a scan node promises: each step keeps what it promises at the states that the loop has at `base`. The steps read the loop at
 * `base` for what the companions do not change.
 */
export const promisedLoop = (e: Expr, base: readonly Expr[]): Expr => {
  const there = { ...e, args: base }
  const args = e.args.map((a, i) => (a === base[i] ? null : a))
  const promise = beside(there, args, {
    // The leaves of the body are the values at the base, so what moves has the names of the companions.
    of: (ys, pairs) => {
      const renamed = new Map(pairs.map(({ leaf, own }) => [leaf, own]))
      return promised(
        substitute(ys, renamed),
        pairs.map(({ leaf, own }) => ({ of: own, base: leaf })),
      )
    },
    rest: (value) => value,
    carried: (y) => y,
  })
  return promise ?? there
}

/**
 * Loops over time as nodes: closing the body over its leaves, and taking out of it what need not be computed step by step.
 */
import { type Body, type Expr, node, type Primitive } from './expr.js'
import { reaching } from './sweep.js'
import { dot, dotPrimitive } from './primitives/dot.js'
import { block, input, placeholder } from './primitives/leaf.js'
import { reshape } from './primitives/reshape.js'
import { slice } from './primitives/sliceAssemble.js'
import { printBody } from './print.js'
import { partsOf, type Rows } from './scanParts.js'
import type { Shape } from './shape.js'
import { simplify } from './simplify.js'
import { captured, substitute } from './substitute.js'
import { topological } from './topological.js'

/** A leaf of a body under construction, and the expression outside that it stands for. */
export interface Bound {
  readonly leaf: Expr
  readonly value: Expr
}

/** A loop before it is a node: what the body was built over, and what it gives. */
export interface Loop {
  readonly steps: number
  /** From the last step to the first. */
  readonly reverse: boolean
  readonly states: readonly Bound[]
  /** Values `[steps, ...]`; the leaf is one row. */
  readonly inputs: readonly Bound[]
  /** Leaves that are the same at every step. Whatever else the body reads is captured without being named here. */
  readonly constants?: readonly Bound[]
  /** Expressions of the body whose values at the steps, `[steps, ...]`, are there already: they are read and not computed. */
  readonly known?: readonly Bound[]
  readonly next: readonly Expr[]
  readonly outputs: readonly Expr[]
  readonly sums: readonly Expr[]
  /** Stacks the products in the body too, so that reverse mode need not compute them again. */
  readonly keepsProducts: boolean
}

/** What a loop gives: the node, and its parts as views of it. */
export interface Looped {
  readonly whole: Expr
  readonly states: readonly Expr[]
  readonly outputs: readonly Expr[]
  readonly sums: readonly Expr[]
}

// A scalar has no place in memory when it is a literal; a vector of one element always has.
const stored = (e: Expr): Expr => (e.shape.length === 0 ? reshape(e, [1]) : e)

const leavesOf = (bound: readonly Bound[]): readonly Expr[] => bound.map((b) => b.leaf)

const standingFor = (bound: readonly Bound[]): ReadonlyMap<Expr, Expr> => new Map(bound.map((b) => [b.leaf, b.value]))

/** The graph of a step with what need not be computed in the loop taken out of it, as inputs. */
const thinned = (l: Loop): { readonly roots: readonly Expr[]; readonly inputs: readonly Bound[] } => {
  const { steps, known = [], constants = [] } = l
  const written = [...l.next, ...l.outputs, ...l.sums]
  const simple = simplify([...written, ...leavesOf(known)])
  const roots = simple.slice(0, written.length)
  const taken = new Map<Expr, Bound>()
  const take = (e: Expr, value: Expr): void => {
    if (e.args.length > 0) taken.set(e, { leaf: placeholder('known', e.shape), value })
  }
  known.forEach(({ value }, i) => take(simple[written.length + i]!, value))
  const order = topological(roots)
  const inside = reaching(order, [...leavesOf(l.states), ...leavesOf(l.inputs)])
  for (const e of order) {
    const [a, ...others] = e.args
    if (e.op !== dotPrimitive || e.attrs.ta === true || a === undefined || taken.has(e)) continue
    const x = l.inputs.find((b) => b.leaf === bare(a))
    if (x === undefined || others.some((o) => inside.has(o))) continue
    const [b, init] = substitute(others, standingFor(constants))
    const rows = reshape(x.value, [steps * a.shape[0]!, a.shape[1]!])
    const product = dot(rows, b!, { tb: e.attrs.tb === true, ...(init === undefined ? {} : { init }) })
    take(e, reshape(product, [steps, ...e.shape]))
  }
  const leaves = new Map([...taken].map(([e, { leaf }]) => [e, leaf]))
  return { roots: substitute(roots, leaves), inputs: [...l.inputs, ...taken.values()] }
}

const bare = (e: Expr): Expr => (e.op.name === 'reshape' ? bare(e.args[0]!) : e)

/**
 * Makes the node of a loop. The body is closed: what it reads from outside becomes an argument, and its leaves get the same names
 * in every loop, so equal loops are one and loops nest. A product of an input by something constant is taken out: one product over
 * all steps. An output that is a state or an input is a view and not stacked again.
 */
export const loop = (scan: Primitive, l: Loop): Looped => {
  const { steps, reverse, states, constants = [] } = l
  const [n, m] = [states.length, l.outputs.length]
  const { roots, inputs: available } = thinned(l)
  const [next, outputs, sums] = [roots.slice(0, n), roots.slice(n, n + m).map(bare), roots.slice(n + m)]
  const elsewhere = new Set([...next, ...leavesOf(states), ...leavesOf(available)])
  const changing = reaching(topological(roots), [...leavesOf(states), ...leavesOf(available)])
  const products = l.keepsProducts ? [...changing].filter((e) => e.op.cost(e).macs > 0) : []
  const stacked = [...new Set([...outputs, ...products].filter((e) => !elsewhere.has(e)))]

  const results = [...next, ...stacked, ...sums]
  const reached = new Set(topological(results))
  const inputs = available.filter((b) => reached.has(b.leaf))
  const outer = captured(results, [...leavesOf(states), ...leavesOf(inputs)])
  for (const e of outer)
    if (e.dtype !== 'f32')
      throw new Error(`scan: the body reads ${e.dtype} values ('${e.op.name}'); gather or encode them before the loop`)
  const own = {
    states: states.map((b, i) => block(`state${i}`, b.leaf.shape)),
    inputs: inputs.map((b, i) => input(`x${i}`, b.leaf.shape)),
    constants: outer.map((e, i) => block(`constant${i}`, e.shape)),
  }
  const leaves = [...leavesOf(states), ...leavesOf(inputs), ...outer]
  const renamed = [...own.states, ...own.inputs, ...own.constants]
  const closed = substitute(results, new Map(leaves.map((leaf, i) => [leaf, renamed[i]!])))
  const body: Body = {
    ...own,
    next: closed.slice(0, n),
    outputs: closed.slice(n, n + stacked.length),
    sums: closed.slice(n + stacked.length),
  }
  const values = [...states, ...inputs].map((b) => b.value)
  const args = [...values, ...substitute(outer, standingFor(constants))].map(stored)
  const parts = partsOf(body, steps, reverse)
  // Where everything could be taken out of the loop, nobody reads its value.
  const whole = { ...node(scan, args, [Math.max(1, parts.size)], { steps, reverse, body: printBody(body) }), body }

  const rows = ({ at, size }: Rows, row: number, shape: Shape): Expr => slice(whole, at + row * size, shape)
  const stack = (e: Expr, shape: Shape): Expr => {
    const read = available.find((b) => b.leaf === e)
    const [after, before] = [next.indexOf(e), states.findIndex((b) => b.leaf === e)]
    if (read !== undefined) return reshape(read.value, shape)
    if (after >= 0) return rows(parts.states[after]!, parts.leaves, shape)
    if (before >= 0) return rows(parts.states[before]!, parts.enters, shape)
    return rows(parts.outputs[stacked.indexOf(e)]!, 0, shape)
  }
  return {
    whole,
    states: states.map((b, i) => rows(parts.states[i]!, parts.last, b.leaf.shape)),
    outputs: outputs.map((e, i) => stack(e, [steps, ...l.outputs[i]!.shape])),
    sums: sums.map((e, i) => rows(parts.sums[i]!, 0, e.shape)),
  }
}

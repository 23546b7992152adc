/**
 * Reverse mode of a loop: a loop over the same steps in the other direction. Its states are the cotangents of the states; a step
 * computes the forward step once more (but for its products, which are kept) from the state that entered it, and asks the body
 * for its derivative. Cotangents of inputs are stacked, those of constants summed over the steps.
 */
import type { Expr } from './expr.js'
import { gradients } from './grad.js'
import { type Bound, loop } from './loop.js'
import { add, addPrimitive } from './primitives/add.js'
import { dot, dotPrimitive, dotSizes } from './primitives/dot.js'
import { cotangentFloor, flush } from './primitives/flush.js'
import { literal, placeholder } from './primitives/leaf.js'
import { multiply } from './primitives/multiply.js'
import { reshape } from './primitives/reshape.js'
import { assemble, assemblePrimitive, type Part, partOffsets, slice } from './primitives/sliceAssemble.js'
import { sum, zerosLike } from './primitives/sumBroadcast.js'
import { type Rows, scanOf } from './scanParts.js'
import { type Shape, sizeOf } from './shape.js'

const sumOf = (es: readonly Expr[]): Expr => es.reduce((a, b) => add(a, b))

/** Cotangents of the arguments of a scan node; null for inputs and constants that are not `wanted`. */
export const cotangentsOfLoop = (ct: Expr, e: Expr, wanted: readonly boolean[]): readonly (Expr | null)[] => {
  const { body, parts } = scanOf(e)
  const { steps } = parts
  const [n, m] = [body.states.length, body.inputs.length]
  const pieces = piecesOf(ct)
  const bound = (name: string, shape: Shape, value: Expr | null): readonly Bound[] =>
    value === null ? [] : [{ leaf: placeholder(name, shape), value }]

  const arriving = body.next.map((x, i) => {
    const { at, size } = parts.states[i]!
    const last = at + parts.last * size
    // A cotangent of the last state alone starts the loop; any other arrives with the state that a step leaves.
    const final = pieces.filter((p) => p.at >= last && p.at + sizeOf(p.value.shape) <= last + size)
    const others = pieces.filter((p) => !final.includes(p))
    return {
      start: { leaf: placeholder('state', x.shape), value: within(final, last, x.shape) ?? zerosLike(x) },
      left: bound('left', x.shape, within(others, at + parts.leaves * size, [steps, ...x.shape])),
      first: within(others, at + (parts.reverse ? steps * size : 0), x.shape),
    }
  })
  const ofOutputs = body.outputs.map((y, i) =>
    bound('output', y.shape, within(pieces, parts.outputs[i]!.at, [steps, ...y.shape])),
  )
  const ofSums = body.sums.map((y, i) => bound('sum', y.shape, within(pieces, parts.sums[i]!.at, y.shape)))

  const cts = [
    ...arriving.map(({ start, left }) => sumOf([start, ...left].map((b) => b.leaf))),
    ...[...ofOutputs, ...ofSums].map((list) => list[0]?.leaf),
  ]
  const terms = [...body.next, ...body.outputs, ...body.sums].flatMap((value, i) => {
    const own = cts[i]
    return own === undefined ? [] : [sum(multiply(own, value))]
  })
  const inputs = body.inputs.filter((_, i) => wanted[n + i])
  const constants = body.constants.filter((_, i) => wanted[n + m + i])
  const all = gradients(sumOf([literal(0), ...terms]), [...body.states, ...inputs, ...constants])
  const ofConstants = all.slice(n + inputs.length).map(separated)

  const stacks = (leaves: readonly Expr[], rows: readonly Rows[], first: number): readonly Bound[] =>
    leaves.map((leaf, i) => {
      const { at, size } = rows[i]!
      return { leaf, value: slice(e, at + first * size, [steps, ...leaf.shape]) }
    })
  const read = (leaves: readonly Expr[], from: number): readonly Bound[] =>
    leaves.map((leaf, i) => ({ leaf, value: e.args[from + i]! }))
  const back = loop(e.op, {
    steps,
    reverse: !parts.reverse,
    states: arriving.map((a) => a.start),
    inputs: [
      ...stacks(body.states, parts.states, parts.enters),
      ...read(body.inputs, n),
      ...arriving.flatMap((a) => a.left),
      ...ofOutputs.flat(),
    ],
    constants: [...read(body.constants, n + m), ...ofSums.flat()],
    known: [...stacks(body.next, parts.states, parts.leaves), ...stacks(body.outputs, parts.outputs, 0)],
    // A cotangent that has all but vanished would become denormal and stay so from step to step.
    next: all.slice(0, n).map((g) => flush(g, cotangentFloor)),
    outputs: [...all.slice(n, n + inputs.length), ...ofConstants.flatMap((s) => s.products.flat())],
    sums: ofConstants.flatMap((s) => s.rest),
    keepsProducts: false,
  })

  const outputs = [...back.outputs]
  const added = [...back.sums]
  const cotangents = [
    ...back.states.map((g, i) => sumOf([g, ...(arriving[i]!.first === null ? [] : [arriving[i]!.first])])),
    ...outputs.splice(0, inputs.length),
  ]
  for (const { products, rest } of ofConstants) {
    const whole = products.map(() => overSteps(outputs.shift()!, outputs.shift()!))
    cotangents.push(sumOf([...whole, ...rest.map(() => added.shift()!)]))
  }
  return e.args.map((a, i) => (i < n || wanted[i] === true ? reshape(cotangents.shift()!, a.shape) : null))
}

/** Expressions at places of a vector that add up to it. */
const piecesOf = (ct: Expr): readonly Part[] => {
  if (ct.op === addPrimitive) return ct.args.flatMap(piecesOf)
  if (ct.op !== assemblePrimitive) return [{ at: 0, value: ct }]
  return ct.args.map((value, i) => ({ at: partOffsets(ct)[i]!, value }))
}

/** The sum of pieces over the elements from `at` on, as `shape`; null where there are none. */
const within = (pieces: readonly Part[], at: number, shape: Shape): Expr | null => {
  const size = sizeOf(shape)
  const cut = pieces.flatMap(({ at: begin, value }) => {
    const from = Math.max(at, begin)
    const to = Math.min(at + size, begin + sizeOf(value.shape))
    return from < to ? [assemble(size, [{ at: from - at, value: slice(value, from - begin, [to - from]) }])] : []
  })
  return cut.length === 0 ? null : reshape(sumOf(cut), shape)
}

/** A cotangent as products whose inner axis leads on both sides, and the rest. */
interface Separated {
  readonly products: readonly (readonly [Expr, Expr])[]
  readonly rest: readonly Expr[]
}

/**
 * The sum over the steps of a product whose inner axis leads on both sides is one product of the stacked operands,
 * `Σ_t a_tᵀ b_t = aᵀ b`, instead of a small product and an addition of the size of the parameters at every step.
 */
const separated = (e: Expr): Separated => {
  const addends = (x: Expr): readonly Expr[] => (x.op === addPrimitive ? x.args.flatMap(addends) : [x])
  const products: (readonly [Expr, Expr])[] = []
  const rest: Expr[] = []
  for (const x of addends(e)) {
    const [a, b] = x.op === dotPrimitive && x.args.length === 2 ? [leading(x, 0), leading(x, 1)] : [null, null]
    if (a === null || b === null) rest.push(x)
    else products.push([a, b])
  }
  return { products, rest: rest.length === 0 ? [] : [sumOf(rest)] }
}

/** An operand of a product with the inner axis first; null where it comes last. */
const leading = (e: Expr, side: 0 | 1): Expr | null => {
  const { m, n, k } = dotSizes(e)
  if (side === 0 ? e.attrs.ta === true : e.attrs.tb !== true) return e.args[side]!
  return k === 1 ? reshape(e.args[side]!, [1, side === 0 ? m : n]) : null
}

const overSteps = (a: Expr, b: Expr): Expr => {
  const flat = (x: Expr): Expr => reshape(x, [x.shape[0]! * x.shape[1]!, x.shape[2]!])
  return dot(flat(a), flat(b), { ta: true })
}

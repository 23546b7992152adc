/** Loops over time as ONNX `Scan`, whose body reads what does not change from outside. */
import type { Expr } from '../../graph/expr.js'
import { scanOf } from '../../graph/scanParts.js'
import { type Dim, productOf } from './dims.js'
import type { Value } from './emitter.js'
import type { Translation } from './translation.js'

/**
 * The parts of a loop as `ScanParts` has them: states between the steps, outputs at the steps, sums. Sums are states of the model's loop
 * that begin at zero; a loop that reads no input reads zeros, for a `Scan` counts its steps by them.
 */
export const scan: Translation = (e, s) => {
  const { emit } = s
  const { body, parts } = scanOf(e)
  const steps = s.number(e, (twin) => Number(twin.attrs.steps))
  const values = e.args.map(s.exact)
  const [states, inputs] = [body.states.length, body.inputs.length]
  const leaf = (l: Expr): Value => ({ name: emit.fresh(String(l.attrs.name)), type: 'f32', dims: s.dims(l) })
  const shaped = (value: Value, dims: readonly Dim[]): Value => emit.reshape(value, dims)

  const before = body.states.map((l, i) => shaped(values[i]!, s.dims(l)))
  const zeros = body.sums.map((x) => emit.exact(emit.literal(0), s.dims(x)))
  const read = body.inputs.map((l, i) => shaped(values[states + i]!, [steps, ...s.dims(l)]))
  const counted = read.length > 0 ? read : [emit.exact(emit.literal(0), [steps])]
  const constants = body.constants.map((l, i) => shaped(values[states + inputs + i]!, s.dims(l)))

  const given = { states: body.states.map(leaf), inputs: body.inputs.map(leaf) }
  const sums = body.sums.map((x): Value => ({ name: emit.fresh('sum'), type: 'f32', dims: s.dims(x) }))
  const counter: Value = { name: emit.fresh('step'), type: 'f32', dims: [] }
  const known = new Map<Expr, Value>()
  body.states.forEach((l, i) => known.set(l, given.states[i]!))
  body.inputs.forEach((l, i) => known.set(l, given.inputs[i]!))
  body.constants.forEach((l, i) => known.set(l, constants[i]!))
  // a result has a name of its own, also where it is another result or an input
  const own = (value: Value): Value => emit.op('Identity', [value], value.dims)
  const { result, nodes } = emit.apart(() => {
    const roots = [...body.next, ...body.outputs, ...body.sums]
    const made = s.within(known, roots).map((value, i) => emit.exact(value, s.dims(roots[i]!)))
    const next = made.slice(0, states)
    const added = sums.map((sum, i) => emit.op('Add', [sum, made[states + body.outputs.length + i]!], sum.dims))
    return {
      carried: [...next, ...added].map(own),
      stacked: [...next, ...made.slice(states, states + body.outputs.length)].map(own),
    }
  })
  const graph = {
    name: emit.fresh('body'),
    inputs: [...given.states, ...sums, ...(read.length > 0 ? given.inputs : [counter])].map(emit.describe),
    outputs: [...result.carried, ...result.stacked].map(emit.describe),
    constants: [],
    nodes,
  }
  const turn = parts.reverse ? 1 : 0
  const results = [
    ...result.carried.map(({ dims, type }) => ({ dims, type })),
    ...result.stacked.map(({ dims, type }) => ({ dims: [steps, ...dims], type })),
  ]
  const done = emit.ops('Scan', [...before, ...zeros, ...counted], results, {
    body: { graph },
    num_scan_inputs: counted.length,
    scan_input_directions: counted.map(() => turn),
    scan_output_directions: result.stacked.map(() => turn),
  })
  const stacked = done.slice(result.carried.length)
  const rows = before.map((first, i): Value => {
    const start = emit.reshape(first, [emit.dim(1), ...first.dims])
    const both = parts.reverse ? [stacked[i]!, start] : [start, stacked[i]!]
    return emit.op('Concat', both, [steps.map((n) => n + 1), ...first.dims], { axis: 0 })
  })
  const all = [...rows, ...stacked.slice(states), ...done.slice(states, result.carried.length)]
  s.parts.set(e, all)
  // nearly always only ranges are read, each from the part that it lies in, and this is left out
  const flat = all.map((value) => emit.reshape(value, [productOf(value.dims, emit.batches)]))
  return flat.length === 0 ? emit.literal(0) : emit.op('Concat', flat, s.dims(e), { axis: 0 })
}

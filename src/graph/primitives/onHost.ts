/** A call of a function of the host in the middle of a graph: attributes name it, the table in `hostFunctions/` has it. */
import { integers } from '../../random/draw.js'
import { folded } from '../../random/key.js'
import { type Expr, node, type Primitive, type Vector } from '../expr.js'
import type { HostFunction, HostOptions } from '../hostFunctions/hostFunction.js'
import { type HostFunctionName, hostFunctions } from '../hostFunctions/table.js'

const all: Readonly<Record<string, HostFunction>> = hostFunctions

const functionOf = (e: Expr): HostFunction => {
  const name = String(e.attrs.function)
  const found = all[name]
  if (found === undefined) throw new Error(`onHost: no function '${name}'; known: ${Object.keys(all).join(', ')}`)
  return found
}

const shapesOf = (e: Expr): readonly Expr['shape'][] => e.args.map((a) => a.shape)

const copied = (values: Vector): Float64Array => {
  const out = new Float64Array(values.length)
  for (let i = 0; i < out.length; i++) out[i] = values[i]!
  return out
}

/** Computes a node's value from those of its arguments: what the reference does, and what compiled programs call. */
export const callHost = (e: Expr, args: readonly Vector[], out: Vector): void => {
  const result = functionOf(e).run(args.map(copied), e.attrs)
  for (let i = 0; i < result.length; i++) out[i] = result[i]!
}

export const onHostPrimitive: Primitive = {
  name: 'onHost',
  codegen: 'routine',
  error: (args, e, value) => functionOf(e).error(args, e, value),
  reference: (args, out, e) => callHost(e, args, out),
  cost: (e) => functionOf(e).cost(shapesOf(e)),
  sample: (key) => {
    const names = Object.keys(hostFunctions) as HostFunctionName[]
    const name = names[integers(key, 1, names.length)[0]!]!
    const { args, options } = hostFunctions[name].sample(folded(key, 1))
    return onHost(name, args, options)
  },
}

/**
 * The result of the function `name` of the table, computed by the host in f64 from f32 arguments and rounded once. It has no derivative:
 * for use on gradients and other finished values. `options`: plain numbers that the function takes.
 */
export const onHost = (name: HostFunctionName, args: readonly Expr[], options: HostOptions = {}): Expr =>
  node(onHostPrimitive, args, hostFunctions[name].shape(args.map((a) => a.shape)), { ...options, function: name })

/** Leaves: literals, values fed at each run, and blocks that stay resident in a store. */
import { type DType, type Expr, node, type Primitive } from '../expr.js'
import { assertAxes, assertShape, type Shape } from '../shape.js'

const free = () => ({ macs: 0, operations: 0 })

const outside = (kind: string): Primitive => ({
  name: kind,
  codegen: 'leaf',
  reference: (_args, _out, e) => {
    throw new Error(`${kind} '${String(e.attrs.name)}' has no value in the environment`)
  },
  cost: free,
})

export const literalPrimitive: Primitive = {
  name: 'literal',
  codegen: 'leaf',
  reference: (_args, out, e) => {
    out[0] = Number(e.attrs.value)
  },
  cost: free,
}
export const inputPrimitive = outside('input')
export const blockPrimitive = outside('block')

/** A constant scalar, rounded once to f32 when the node is built. `-0` is kept apart from `0`. */
export const literal = (value: number): Expr =>
  node(literalPrimitive, [], [], { value: Math.fround(value), negative: Object.is(Math.fround(value), -0) })

/** A value given at every run, by name. Shape `shape`; scalars are `[]`. */
export const input = (name: string, shape: Shape = [], dtype: DType = 'f32'): Expr =>
  node(inputPrimitive, [], checked(`input '${name}'`, shape), { name }, dtype)

/** A tensor that lives in a store between runs, by name. */
export const block = (name: string, shape: Shape = [], dtype: DType = 'f32'): Expr =>
  node(blockPrimitive, [], checked(`block '${name}'`, shape), { name }, dtype)

/**
 * A value that a graph under construction stands on: the states and inputs of a step while the body of a loop is built. Each has a
 * primitive of its own, so no two are ever merged, and none survives the construction.
 */
export const placeholder = (name: string, shape: Shape): Expr =>
  node(outside('placeholder'), [], checked(`placeholder '${name}'`, shape), { name })

const checked = (what: string, shape: Shape): Shape => {
  assertShape(shape.length <= 4, what, 'at most four axes', shape)
  assertAxes(what, shape)
  return shape
}

/** The literal's value when the node is one, through broadcasts. */
export const literalValue = (e: Expr): number | undefined => {
  if (e.op === literalPrimitive) return e.attrs.negative === true ? -0 : Number(e.attrs.value)
  return e.op.name === 'broadcast' && e.args[0] !== undefined ? literalValue(e.args[0]) : undefined
}

/** Element-wise primitives: nearly all are operators of ONNX, which repeats smaller values by itself. */
import type { Value } from './emitter.js'
import { arg, fixedAttr, meeting, type Scene, type Translation } from './translation.js'

const lane =
  (op: string): Translation =>
  (e, s) => {
    const args = e.args.map(s.of)
    return s.emit.op(op, args, meeting(args.map((v) => v.dims)))
  }

const choose = (s: Scene, compare: string, a: Value, b: Value, c: Value, d: Value): Value => {
  const condition = s.emit.op(compare, [a, b], meeting([a.dims, b.dims]), {}, 'bool')
  return s.emit.op('Where', [condition, c, d], meeting([condition.dims, c.dims, d.dims]))
}

const select =
  (compare: string): Translation =>
  (e, s) => {
    const at = (i: number): Value => s.of(arg(e, i))
    return choose(s, compare, at(0), at(1), at(2), at(3))
  }

const same: Translation = (e, s) => s.of(arg(e, 0))

/** By name of the primitive. */
export const lanes: Readonly<Record<string, Translation>> = {
  abs: lane('Abs'),
  add: lane('Add'),
  copy: same,
  cos: lane('Cos'),
  divide: lane('Div'),
  erf: lane('Erf'),
  exp: lane('Exp'),
  floor: lane('Floor'),
  flush: (e, s) => {
    const x = s.of(arg(e, 0))
    const size = s.emit.op('Abs', [x], x.dims)
    return choose(s, 'Less', size, s.emit.literal(fixedAttr(e, s, 'below')), s.emit.literal(0), x)
  },
  log: lane('Log'),
  multiply: lane('Mul'),
  negate: lane('Neg'),
  relu: lane('Relu'),
  selectEqual: select('Equal'),
  selectGreater: select('Greater'),
  sigmoid: lane('Sigmoid'),
  sin: lane('Sin'),
  sqrt: lane('Sqrt'),
  stop: same,
  subtract: lane('Sub'),
  surrogate: same,
  tanh: lane('Tanh'),
}

/** Operations that random graphs are made of. */
import { type Env, evaluate } from '../../graph/evaluate.js'
import type { Expr } from '../../graph/expr.js'
import * as o from '../../graph/ops.js'
import { floor } from '../../graph/primitives/floor.js'
import { pow2 } from '../../graph/primitives/micro.js'
import { columnsOf, rowsOf, sizeOf } from '../../graph/shape.js'

/** Operations by what they take, and which results may go on. */
export interface Menu {
  readonly unary: (scalar: Expr) => readonly ((a: Expr) => Expr)[]
  /** Of two expressions that broadcast. */
  readonly binary: readonly ((a: Expr, b: Expr) => Expr)[]
  readonly ofMatrix: readonly ((m: Expr) => Expr)[]
  readonly accepts: (made: Expr, env: Env) => boolean
}

const isVector = (a: Expr): boolean => a.shape.length === 1
const inside = (a: Expr): Expr => (isVector(a) && sizeOf(a.shape) > 2 ? o.slice(a, 1, [sizeOf(a.shape) - 2]) : a)
const framed =
  (scalar: Expr) =>
  (a: Expr): Expr =>
    o.assemble(sizeOf(a.shape) + 4, [
      { at: 1, value: a },
      { at: sizeOf(a.shape) + 2, value: o.neg(scalar) },
    ])

const ofMatrix: Menu['ofMatrix'] = [
  (m) => o.sum(m, 0),
  (m) => o.sum(m, 1),
  (m) => o.maxLast(m),
  (m) => o.sub(m, o.column(o.maxLast(m))),
]

/** A choice between two values. */
const choices: Menu['binary'] = [
  o.maximum,
  o.minimum,
  (a, b) => o.selectGreater(a, b, b, 0.5),
  (a, b) => o.selectEqual(a, b, 1, a),
]

/** Everything, whatever becomes of the values: for laws about bits. */
export const anything: Menu = {
  unary: (scalar) => [
    o.neg,
    o.abs,
    o.exp,
    (a) => o.log(o.add(o.abs(a), 0.25)),
    (a) => o.sqrt(o.abs(a)),
    o.relu,
    (a) => o.tanh(gentle(a)),
    (a) => o.sigmoid(gentle(a)),
    (a) => o.erf(gentle(a)),
    o.sin,
    o.cos,
    o.step,
    o.square,
    o.stop,
    floor,
    (a) => o.flush(a, 0.5),
    (a) => o.mul(a, 1),
    (a) => o.sub(a, 0),
    (a) => o.add(a, 0),
    (a) => o.div(a, 255),
    (a) => o.sum(a),
    (a) => o.mean(a),
    (a) => pow2(floor(o.minimum(o.maximum(a, -9), 9))),
    (a) => o.reshape(a, [sizeOf(a.shape)]),
    (a) => (isVector(a) ? o.column(a) : a),
    inside,
    framed(scalar),
  ],
  binary: [o.add, o.sub, o.mul, o.div, ...choices],
  ofMatrix: [
    ...ofMatrix,
    o.rankLast,
    (m) => o.permute(m, [1, 0]),
    (m) => o.joinLast([m, o.neg(m)]),
    (m) => o.sliceLast(m, 0, Math.ceil(columnsOf(m.shape) / 2)),
    (m) => o.mul(m, o.random(o.input('key', [2], 'i32'), 'mask', m.shape)),
  ],
  accepts: () => true,
}

const image = (m: Expr): Expr => o.reshape(m, [1, rowsOf(m.shape), columnsOf(m.shape), 1])
const flat = (x: Expr): Expr => o.reshape(x, [sizeOf(x.shape) / columnsOf(x.shape), columnsOf(x.shape)])
const isLarge = (m: Expr): boolean => rowsOf(m.shape) >= 2 && columnsOf(m.shape) >= 2

/** Between −4 and 4: further out a saturated function has a derivative too small beside its value for differences to see. */
const gentle = (a: Expr): Expr => o.div(a, o.add(1, o.mul(0.25, o.abs(a))))

/** One step of a recurrence with itself over the rows of a matrix. */
const looped = (m: Expr): Expr =>
  o.scan({ states: { h: o.zeros([columnsOf(m.shape)]) }, inputs: { x: m } }, ({ h }, { x }) => {
    const next = o.div(o.add(o.mul(0.5, h), x), o.add(1, o.square(h)))
    return { states: { h: next }, outputs: { y: o.mul(next, x) } }
  }).outputs.y

/** Differentiable operations on values of moderate size: for checks of gradients. Kinks and declared derivatives occur. */
export const differentiable: Menu = {
  unary: (scalar) => [
    o.neg,
    o.abs,
    o.exp,
    (a) => o.log(o.add(o.abs(a), 0.25)),
    (a) => o.sqrt(o.add(o.abs(a), 0.25)),
    o.relu,
    (a) => o.tanh(gentle(a)),
    (a) => o.sigmoid(gentle(a)),
    (a) => o.erf(gentle(a)),
    o.sin,
    o.cos,
    o.square,
    o.stop,
    floor,
    (a) => o.surrogate(floor(a), a),
    (a) => o.flush(a, 0.5),
    (a) => o.div(a, 255),
    (a) => o.sum(a),
    (a) => o.mean(a),
    (a) => o.reshape(a, [sizeOf(a.shape)]),
    (a) => (isVector(a) ? o.column(a) : a),
    inside,
    framed(scalar),
  ],
  binary: [o.add, o.sub, o.mul, (a, b) => o.div(a, o.add(o.abs(b), 0.5)), ...choices],
  ofMatrix: [
    ...ofMatrix,
    looped,
    o.rankLast,
    (m) => o.permute(m, [1, 0]),
    (m) => o.sliceLast(m, columnsOf(m.shape) - 1, 1),
    (m) => o.joinLast([m, o.neg(m)]),
    (m) => (isLarge(m) ? flat(o.poolMax(image(m), 2)) : m),
    (m) => (isLarge(m) ? flat(o.poolMean(image(m), 2)) : m),
    (m) => {
      const kernel = o.reshape(o.slice(m, 0, [1]), [1, 1, 1, 1])
      return flat(o.convolve(image(m), o.broadcast(kernel, [1, 1, 1, 2]), { pad: 1 }))
    },
  ],
  // sums over long chains of such values stay far from overflow, and no step is invisible beside them
  accepts: (made, env) => (evaluate([made], env, 'f64')[0] ?? []).every((v) => Math.abs(v) <= 100),
}

/** What all element-wise primitives share: equal shapes in, one value per element out. */
import type { Key } from '../../random/key.js'
import { uniforms } from '../../random/draw.js'
import { type ErrorBound, type Expr, node, type Primitive, type Promise, type Vjp } from '../expr.js'
import { assertShape, sameShape, sizeOf } from '../shape.js'
import { input } from './leaf.js'

interface LaneSpec {
  readonly name: string
  readonly arity: number
  /** One element, in f64; storing rounds it. In f32 this is exact for + − × ÷ √ and selections. */
  readonly element: (e: Expr) => (a: number, b: number, c: number, d: number) => number
  readonly vjp?: Vjp
  readonly promise?: Promise
  readonly declares?: true
  readonly positive?: true
  readonly error?: ErrorBound
  readonly expand?: (e: Expr) => Expr
  readonly sample?: (key: Key) => Expr
}

/** Completes the record of an element-wise primitive. */
export const lanePrimitive = (spec: LaneSpec): Primitive => ({
  name: spec.name,
  codegen: 'lane',
  ...(spec.vjp === undefined ? {} : { vjp: spec.vjp }),
  ...(spec.promise === undefined ? {} : { promise: spec.promise }),
  ...(spec.positive === undefined ? {} : { positive: spec.positive }),
  ...(spec.declares === undefined ? {} : { declares: spec.declares }),
  ...(spec.error === undefined ? {} : { error: spec.error }),
  ...(spec.expand === undefined ? {} : { expand: spec.expand }),
  ...(spec.sample === undefined ? {} : { sample: spec.sample }),
  reference: (args, out, e) => {
    const f = spec.element(e)
    const [a, b, c, d] = args
    for (let i = 0; i < out.length; i++) out[i] = f(a?.[i] ?? 0, b?.[i] ?? 0, c?.[i] ?? 0, d?.[i] ?? 0)
  },
  cost: (e) => ({ macs: 0, operations: sizeOf(e.shape) }),
})

/** A node of an element-wise primitive; all arguments have one shape (broadcasts are explicit nodes). */
export const lane = (op: Primitive, args: readonly Expr[], attrs = {}): Expr => {
  const shape = args[0]?.shape ?? []
  assertShape(
    args.every((a) => sameShape(a.shape, shape)),
    op.name,
    'arguments of one shape',
    ...args.map((a) => a.shape),
  )
  return node(op, args, shape, attrs)
}

/** A random shape with at most `limit` per axis. */
const sampleShape = (key: Key, limit = 7): readonly number[] => {
  const u = uniforms(key, 3)
  const axis = (i: number) => 1 + Math.floor((u[i] ?? 0) * limit)
  return [[], [axis(1)], [axis(1), axis(2)]][Math.floor((u[0] ?? 0) * 3)] ?? []
}

/** Sample for a lane primitive of the given arity over inputs `a`, `b`, … of one random shape. */
export const sampleLane =
  (build: (...xs: readonly Expr[]) => Expr, arity: number) =>
  (key: Key): Expr => {
    const shape = sampleShape(key)
    return build(...['a', 'b', 'c', 'd'].slice(0, arity).map((name) => input(name, shape)))
  }

/**
 * Element-wise primitives as instructions, in two widths: four lanes of a v128 and one scalar. Both follow the reference
 * operation by operation, so a tail element has the same bits as a lane.
 */
import type { Expr } from '../graph/expr.js'
import type { FunctionBody } from './wasmFunction.js'

/** Lanes of the main loop, or the scalars of its tail. */
export type Width = 'lanes' | 'scalar'

/** Pushes argument `i` of the node. */
export type PushArgument = (i: number) => void

type Emit = (f: FunctionBody, arg: PushArgument, e: Expr) => void

interface Emitters {
  readonly lanes: Emit
  readonly scalar: Emit
}

const inOrder = (n: number, lanes: (f: FunctionBody) => void, scalar: (f: FunctionBody) => void): Emitters => {
  const all =
    (emit: (f: FunctionBody) => void): Emit =>
    (f, arg) => {
      for (let i = 0; i < n; i++) arg(i)
      emit(f)
    }
  return { lanes: all(lanes), scalar: all(scalar) }
}

const select = (lanes: (f: FunctionBody) => void, scalar: (f: FunctionBody) => void): Emitters => {
  const order =
    (emit: (f: FunctionBody) => void): Emit =>
    (f, arg) => {
      for (const i of [2, 3, 0, 1]) arg(i)
      emit(f)
    }
  return {
    lanes: order((f) => {
      lanes(f)
      f.v128.bitselect()
    }),
    scalar: order((f) => {
      scalar(f)
      f.select()
    }),
  }
}

const emitters: Readonly<Record<string, Emitters>> = {
  add: inOrder(
    2,
    (f) => f.f32x4.add(),
    (f) => f.f32.add(),
  ),
  subtract: inOrder(
    2,
    (f) => f.f32x4.sub(),
    (f) => f.f32.sub(),
  ),
  multiply: inOrder(
    2,
    (f) => f.f32x4.mul(),
    (f) => f.f32.mul(),
  ),
  divide: inOrder(
    2,
    (f) => f.f32x4.div(),
    (f) => f.f32.div(),
  ),
  negate: inOrder(
    1,
    (f) => f.f32x4.neg(),
    (f) => f.f32.neg(),
  ),
  abs: inOrder(
    1,
    (f) => f.f32x4.abs(),
    (f) => f.f32.abs(),
  ),
  sqrt: inOrder(
    1,
    (f) => f.f32x4.sqrt(),
    (f) => f.f32.sqrt(),
  ),
  floor: inOrder(
    1,
    (f) => f.f32x4.floor(),
    (f) => f.f32.floor(),
  ),
  copy: inOrder(
    1,
    () => undefined,
    () => undefined,
  ),
  selectGreater: select(
    (f) => f.f32x4.gt(),
    (f) => f.f32.gt(),
  ),
  selectEqual: select(
    (f) => f.f32x4.eq(),
    (f) => f.f32.eq(),
  ),
  flush: {
    lanes: (f, arg, e) => {
      arg(0)
      arg(0)
      f.f32x4.abs()
      f.f32x4.const(Number(e.attrs.below))
      f.f32x4.lt()
      f.v128.andnot()
    },
    scalar: (f, arg, e) => {
      f.f32.const(0)
      arg(0)
      arg(0)
      f.f32.abs()
      f.f32.const(Number(e.attrs.below))
      f.f32.lt()
      f.select()
    },
  },
  pow2: inOrder(
    1,
    (f) => {
      f.i32x4.trunc_sat_f32x4_s()
      f.i32x4.const(127)
      f.i32x4.add()
      f.i32.const(23)
      f.i32x4.shl()
    },
    (f) => {
      f.i32.trunc_sat_f32_s()
      f.i32.const(127)
      f.i32.add()
      f.i32.const(23)
      f.i32.shl()
      f.f32.reinterpret_i32()
    },
  ),
  exponent: inOrder(
    1,
    (f) => {
      f.i32.const(23)
      f.i32x4.shr_u()
      f.i32x4.const(255)
      f.v128.and()
      f.i32x4.const(127)
      f.i32x4.sub()
      f.f32x4.convert_i32x4_s()
    },
    (f) => {
      f.i32.reinterpret_f32()
      f.i32.const(23)
      f.i32.shr_u()
      f.i32.const(255)
      f.i32.and()
      f.i32.const(127)
      f.i32.sub()
      f.f32.convert_i32_s()
    },
  ),
  mantissa: inOrder(
    1,
    (f) => {
      f.i32x4.const(0x7fffff)
      f.v128.and()
      f.i32x4.const(0x3f800000)
      f.v128.or()
    },
    (f) => {
      f.i32.reinterpret_f32()
      f.i32.const(0x7fffff)
      f.i32.and()
      f.i32.const(0x3f800000)
      f.i32.or()
      f.f32.reinterpret_i32()
    },
  ),
}

/** Names of the primitives that have instructions; a law compares it with the table of primitives. */
export const laneNames: readonly string[] = Object.keys(emitters)

/** Emits one element-wise node; its result is left on the stack. */
export const emitLane = (f: FunctionBody, e: Expr, width: Width, arg: PushArgument): void => {
  const found = emitters[e.op.name]
  if (found === undefined)
    throw new Error(`compile: the lane primitive '${e.op.name}' has no instructions; lower the graph first`)
  found[width](f, arg, e)
}

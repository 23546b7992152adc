/**
 * A plan as code: every kernel is a function of its own, called in order, so that the engine optimises one loop at a time; then
 * the late copies. Programs are emitted in this way, and so are the bodies of loops over time.
 */
import type { Expr } from '../graph/expr.js'
import { showShape, sizeOf } from '../graph/shape.js'
import { topological } from '../graph/topological.js'
import { type Address, emitLoop } from './loop.js'
import { resolve } from './places.js'
import type { Plan, Roots } from './plan.js'
import type { Routine, RoutineContext, Routines } from './routine.js'
import { bytesOf } from './store.js'
import type { FunctionBody } from './wasmFunction.js'

/** Where a plan's values live: its arena, 64-byte aligned, and its blocks. */
export interface Grounds {
  readonly arena: number
  readonly block: (name: string) => number
}

/** Byte addresses of the values of a plan. Throws on a value that has no place. */
export const addressIn = ({ places }: Plan, { arena, block }: Grounds): Address => {
  const base = (e: Expr): number => {
    if (e.op.name === 'block') return block(String(e.attrs.name))
    const place = places.get(e)
    if (place === undefined)
      throw new Error(
        `compile: ${e.op.name} '${String(e.attrs.name ?? '')}' ${showShape(e.shape)} has no place in this program`,
      )
    if (place.in === 'block') return block(place.name)
    return place.in === 'arena' ? arena + place.offset : base(place.of) + place.element * 4
  }
  return (e) => {
    const named = resolve(e)
    return base(named.base) + named.from * bytesOf(named.base.dtype)
  }
}

/** Bytes of scratch that the routines of a graph share. */
export const scratchOf = ({ updates, outputs }: Roots, routines: Routines): number =>
  topological([...Object.values(updates), ...Object.values(outputs)]).reduce(
    (most, e) => Math.max(most, routines[e.op.name]?.scratch?.(e, routines) ?? 0),
    0,
  )

/** Emits the kernels into the module and their calls into `caller`. */
export const emitPlan = (
  caller: FunctionBody,
  made: Plan,
  grounds: Grounds,
  context: Omit<RoutineContext, 'address' | 'placed'>,
): void => {
  const address = addressIn(made, grounds)
  const placed = (whole: Expr, i: number): boolean => made.places.get(resolve(whole.args[i]!).base)?.in === 'part'
  for (const kernel of made.kernels) {
    const f = context.module.func({})
    caller.call(f)
    if (kernel.kind === 'loop') emitLoop(f, kernel, address)
    else routineOf(kernel.root, context.routines).emit(f, kernel.root, { ...context, address, placed })
    context.module.finish(f)
  }
  for (const { value, block } of made.copies) {
    caller.i32.const(grounds.block(block))
    caller.i32.const(address(value))
    caller.i32.const(sizeOf(value.shape) * 4)
    caller.memory.copy()
  }
}

const routineOf = (e: Expr, routines: Routines): Routine => {
  const routine = routines[e.op.name]
  if (routine === undefined) throw new Error(`compile: the routine '${e.op.name}' has no code`)
  return routine
}

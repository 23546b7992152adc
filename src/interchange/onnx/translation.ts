/** What the translation of a primitive into ONNX is made of. */
import type { Expr } from '../../graph/expr.js'
import { type Dim, fixedOf, isOne } from './dims.js'
import type { Emitter, Value } from './emitter.js'

/** What is known where a node is translated. Its arguments have their values already. */
export interface Scene {
  readonly emit: Emitter
  /** The value of an expression, of its shape or less: see `Value`. */
  readonly of: (e: Expr) => Value
  /** The value of an expression in its own shape. */
  readonly exact: (e: Expr) => Value
  readonly dims: (e: Expr) => readonly Dim[]
  /** A number of a node in every build. */
  readonly number: (e: Expr, of: (twin: Expr) => number) => Dim
  /** Values of some expressions where others have these values: one step of a loop. */
  readonly within: (given: ReadonlyMap<Expr, Value>, roots: readonly Expr[]) => readonly Value[]
  /** The parts of a loop, in the order in which its value holds them. */
  readonly parts: Map<Expr, readonly Value[]>
  /** The name of a range of a constant vector, if it has one. */
  readonly nameOf: (constant: string, from: number, size: number) => string | undefined
  /** Notes that this node cannot be written, and why. */
  readonly refuse: (e: Expr, reason: string) => Value
}

/** From a node to the value that it has in the model. */
export type Translation = (e: Expr, s: Scene) => Value

/** Argument `i` of a node. */
export const arg = (e: Expr, i: number): Expr => e.args[i]!

/** An attribute that is a number and the same for every batch. */
export const fixedAttr = (e: Expr, s: Scene, name: string): number => {
  const fixed = fixedOf(s.number(e, (twin) => Number(twin.attrs[name])))
  if (fixed === undefined) s.emit.refuse(`${e.op.name}: its ${name} follows the batch`)
  return fixed ?? 0
}

/** The shape that values are repeated to when they meet. */
export const meeting = (shapes: readonly (readonly Dim[])[]): readonly Dim[] => {
  const rank = Math.max(...shapes.map((dims) => dims.length))
  return Array.from({ length: rank }, (_, axis) => {
    const there = shapes.flatMap((dims) => dims[axis - rank + dims.length] ?? [])
    const found = shapes.map((dims) => dims[axis - rank + dims.length]).find((d) => d !== undefined && !isOne(d))
    return found ?? there.map(() => 1)
  })
}

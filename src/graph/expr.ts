/**
 * An expression: an immutable node of a directed acyclic graph with a static shape.
 * Nothing is computed when a node is built; `evaluate` and `compile` give it meaning.
 */
import type { Key } from '../random/key.js'
import { builtAt } from './origin.js'
import { assertAxes, type Shape, showShape } from './shape.js'

/** Element type. `i32` and `u8` occur only as sources of gathers and as indices; arithmetic is f32. */
export type DType = 'f32' | 'i32' | 'u8'

/** Static attributes of a node: part of its identity, so plain data only. */
export type Attrs = Readonly<Record<string, string | number | boolean | readonly number[]>>

/** One node. Two nodes with equal operation, attributes and arguments mean the same value (see `simplify`). */
export interface Expr {
  readonly op: Primitive
  readonly args: readonly Expr[]
  readonly shape: Shape
  readonly dtype: DType
  readonly attrs: Attrs
  /** What a loop over time does in one step; `attrs` tell two bodies apart. */
  readonly body?: Body
}

/**
 * One step of a loop as a closed graph: it reads nothing but these leaves and literals. `next` are the states after the step,
 * `outputs` what is stacked over the steps, `sums` what is added up over them.
 */
export interface Body {
  readonly states: readonly Expr[]
  readonly inputs: readonly Expr[]
  readonly constants: readonly Expr[]
  readonly next: readonly Expr[]
  readonly outputs: readonly Expr[]
  readonly sums: readonly Expr[]
}

/** A flat array of numbers as the reference evaluator sees it. */
export type Vector = Float32Array | Float64Array | Int32Array | Uint8Array

/** Rounds one arithmetic result: `Math.fround` in f32, identity in f64. */
export type Round = (x: number) => number

/** Counted work: multiply-accumulates of products, and element operations of everything else. */
export interface Cost {
  readonly macs: number
  readonly operations: number
}

/**
 * Reverse-mode rule: cotangent of the result → cotangents of the arguments; null where nothing flows. A rule may skip arguments
 * that are not `wanted` (absent: all are).
 */
export type Vjp = (ct: Expr, e: Expr, wanted?: readonly boolean[]) => readonly (Expr | null)[]

/**
 * Forward-mode rule: tangents of the arguments, null where zero (never all of them), → tangent of the result; null where nothing
 * flows. It is written without the reverse-mode rule, so that the two can check each other.
 */
export type Jvp = (tangents: readonly (Expr | null)[], e: Expr) => Expr | null

/**
 * What the derivative is of, where that is not the value itself everywhere: a function that agrees with `e` at the point where its
 * arguments are `base`, and whose true derivative there is what the rules give. For a kink: the branch taken at `base`, fixed.
 * For a declared derivative (`stop`, `surrogate`): what it declares. Differences are taken of this function.
 */
export type Promise = (e: Expr, base: readonly Expr[]) => Expr

/** Values of a node in f64 and, element by element, how far at most the f32 values are from them. */
export interface Bounded {
  readonly value: Vector
  readonly error: Float64Array
}

/**
 * Rounding error of a result: from values and bounds of the arguments and the f64 value of `e`, a bound of the distance between the
 * f32 result and that value, element by element (infinite where there is none).
 */
export type ErrorBound = (args: readonly Bounded[], e: Expr, value: Vector) => Float64Array

/**
 * How the compiler treats a node. `lane`: one value per element from the same element of its arguments, so it joins loops;
 * `load`: read by a loop through its own addressing (broadcast, gather); `view`: another name for stored bytes;
 * `reduce` and `routine`: kernels of their own; `leaf`: a literal, an input or a resident block.
 */
export type Codegen = 'leaf' | 'lane' | 'load' | 'view' | 'reduce' | 'routine'

/** One row of the table of primitives. Shapes are checked when a node is built; `sample` makes a random instance for the laws. */
export interface Primitive {
  readonly name: string
  readonly codegen: Codegen
  /** Absent: no derivative flows through this node (`reason` says why in the error). */
  readonly vjp?: Vjp
  /** Absent for element-wise functions: their derivative is diagonal, so its own transpose, and tangents go through `vjp`. */
  readonly jvp?: Jvp
  /** Absent: the derivative is that of the value, everywhere. */
  readonly promise?: Promise
  /** The promise departs from the value off kinks, too: the derivative is a declared one (`stop`, `surrogate`, `flush`). */
  readonly declares?: true
  /** Arguments are drawn above zero for checks: below, at or near zero there is no derivative, or none that differences could show. */
  readonly positive?: true
  readonly error?: ErrorBound
  /** Writes the flat result; element results are rounded by storing into `out`, inner sums by `round`. */
  readonly reference: (args: readonly Vector[], out: Vector, e: Expr, round: Round) => void
  readonly cost: (e: Expr) => Cost
  /** Rewrites the node into simpler ones for f32; absent for micro-operations. */
  readonly expand?: (e: Expr) => Expr
  /** Takes indices and tables of bytes too; absent: all arguments are f32. */
  readonly takesIntegers?: true
  /** A random instance over named inputs, from which the laws build their checks. */
  readonly sample?: (key: Key) => Expr
}

/**
 * Makes a node. Builders in `primitives/` check first how shapes belong together; nothing else calls this. Throws on a shape that
 * no tensor has, and on arguments of a type that the operation does not compute with.
 */
export const node = (
  op: Primitive,
  args: readonly Expr[],
  shape: Shape,
  attrs: Attrs = {},
  dtype: DType = 'f32',
): Expr => {
  assertAxes(op.name, shape)
  if (op.takesIntegers !== true && args.some((a) => a.dtype !== 'f32'))
    throw new Error(
      `${op.name}: expected f32 arguments, got ${args.map((a) => `${a.dtype} ${showShape(a.shape)}`).join(' and ')}${builtAt()}`,
    )
  return { op, args, shape, dtype, attrs }
}

import type { Key } from '../../random/key.js'
import type { Attrs, Cost, ErrorBound, Expr } from '../expr.js'
import type { Shape } from '../shape.js'

/** Plain numbers that a function of the host takes beside its arguments, by name. */
export type HostOptions = Readonly<Record<string, number>>

/** A call of a function of the host: its arguments and options. */
export interface HostArguments {
  readonly args: readonly Expr[]
  readonly options: HostOptions
}

/**
 * A function that the host computes in f64, between two kernels: for small problems whose work depends on values, which no static
 * graph can say. It is pure and made of + − × ÷, square roots and comparisons, so that every engine gives the same bits.
 */
export interface HostFunction {
  /** Shape of the result; throws on arguments that do not belong together. */
  readonly shape: (args: readonly Shape[]) => Shape
  /** Gives the flat result. The arguments are copies. */
  readonly run: (args: readonly Float64Array[], attrs: Attrs) => Float64Array
  /** Declared, since the work depends on values: what is usual for arguments of these shapes. */
  readonly cost: (args: readonly Shape[]) => Cost
  readonly error: ErrorBound
  /** A random call, for the laws. */
  readonly sample: (key: Key) => HostArguments
}

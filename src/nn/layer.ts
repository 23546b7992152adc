/** A layer as a value: the tensors it learns and keeps, the shape it makes of one example, and its forward pass. */
import type { Expr } from '../graph/expr.js'
import type { Shape } from '../graph/shape.js'
import type { Key } from '../random/key.js'
import type { AtBoundary, Mode, Training } from './network.js'

/** A tensor that a layer learns. */
export interface Parameter {
  readonly name: string
  readonly shape: Shape
  /** Its first values; the key belongs to this tensor alone. */
  readonly initialise: (key: Key) => Float32Array
}

/** A tensor that a layer keeps beside its parameters, such as a running mean. */
export interface Kept {
  readonly name: string
  readonly shape: Shape
  /** Value every element starts from, or all values. Those that are not one number reach a pass only through its state. */
  readonly init: number | Float32Array
  readonly boundary: AtBoundary
}

/** What a layer's forward pass may read beside its input. */
export interface LayerScope {
  /** The parameter of that name. */
  readonly own: (name: string) => Expr
  /** The kept tensor of that name, before the pass. */
  readonly kept: (name: string) => Expr
  /** Present in a training pass. `label` tells the draws of this layer from those of others. */
  readonly training?: (Training & { readonly label: string }) | undefined
  /** [n], i32 */
  readonly context?: Mode['context']
}

/** Result of a layer's forward pass. */
export interface Passed {
  /** `[n, ...shape]` */
  readonly value: Expr
  /** Kept tensors after the pass, those that change. */
  readonly kept?: Readonly<Record<string, Expr>>
}

/** See above. */
export interface Layer {
  /** `dense`, `conv`, …: with its number among the layers of this kind it is the prefix of its tensors, `dense0/weight`. */
  readonly kind: string
  readonly parameters: readonly Parameter[]
  readonly kept?: readonly Kept[]
  /** Its training passes draw. */
  readonly draws?: true
  /** Of one example after the layer. */
  readonly shape: Shape
  /** `x` is `[n, ...]` with the shape of an example that the layer was made for. */
  readonly apply: (x: Expr, scope: LayerScope) => Passed
  /** Its values are those that probes look at: an activation function. */
  readonly isActivation?: true
  /** So are its values, but under its own name: a recurrent layer. */
  readonly isHidden?: true
}

/** A layer that is still to be told the shape of one example it is given. Throws where it cannot take such examples. */
export type LayerOf = (shape: Shape) => Layer

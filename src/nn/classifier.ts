/** Classifiers for continual learning: shared layers, and above them one head for all contexts or one for each. */
import { assertOptions, callable, listOf, wholeFrom } from '../graph/options.js'
import type { Shape } from '../graph/shape.js'
import { dense } from './dense.js'
import { heads } from './heads.js'
import { type InitialiserName, initialiserRule } from './initialise.js'
import type { LayerOf } from './layer.js'
import type { Network } from './network.js'
import { shapeRule, stack } from './stack.js'

/** Layers that all contexts share, over examples of `shape`. */
export interface SharedLayers {
  readonly shape: Shape
  readonly layers: readonly LayerOf[]
  readonly initialiser: InitialiserName
}

const sharedRules = { shape: shapeRule, layers: listOf(callable), initialiser: initialiserRule } as const

/**
 * One head, `dense`, with an output for every class of every context: class-incremental learning, where the head also tells contexts
 * apart. With the active classes of a row's context given to `crossEntropy` it learns what `multiHead` learns: the
 * two have the same losses and gradients when the columns of their heads are the same, but here a class that is not active can be made so.
 * Throws on impossible sizes and unknown names.
 */
export const singleHead = (
  options: SharedLayers & {
    /** Classes of all contexts together. */
    readonly outputs: number
  },
): Network => {
  assertOptions('singleHead', options, { ...sharedRules, outputs: wholeFrom(1) })
  const { shape, layers, outputs, initialiser } = options
  return stack(shape, [...layers, dense({ units: outputs, initialiser })])
}

/**
 * One head per context, `heads`: task-incremental learning. The logits `[n, outputs]` of a row are those of the head of its context, which
 * a pass must name (`mode.context`); labels are numbers within the context. Throws on impossible sizes.
 */
export const multiHead = (
  options: SharedLayers & {
    readonly contexts: number
    /** Classes of each context. */
    readonly outputs: number
  },
): Network => {
  assertOptions('multiHead', options, { ...sharedRules, contexts: wholeFrom(1), outputs: wholeFrom(1) })
  const { shape, layers, contexts, outputs, initialiser } = options
  return stack(shape, [...layers, heads({ contexts, units: outputs, initialiser })])
}

/** The multilayer perceptron: dense layers with an activation function between them. */
import { assertOptions, listOf, oneOfNames, optional, wholeFrom } from '../graph/options.js'
import { dense } from './dense.js'
import { afterProduct, type HiddenOptions, hiddenRules, normalising } from './hidden.js'
import { type InitialiserName, initialiserRule } from './initialise.js'
import type { Network } from './network.js'
import { stack } from './stack.js'

/** Sizes of a perceptron: `hidden` may be empty (a linear classifier). */
export interface MlpOptions extends HiddenOptions {
  readonly inputs: number
  readonly hidden: readonly number[]
  readonly outputs: number
  readonly initialiser: InitialiserName
  /** `all`: the normalisation stands after the last product too, on the logits (as in GDumb's network). */
  readonly normalised?: 'hidden' | 'all'
}

const size = wholeFrom(1)

/**
 * Layers `dense0`, `dense1`, …, each a weight `[in, out]` and a bias `[out]`, with ReLU between them where nothing else is asked for.
 * Throws on sizes that are not whole numbers from 1 and on unknown names.
 */
export const mlp = (options: MlpOptions): Network => {
  assertOptions('mlp', options, {
    inputs: size,
    hidden: listOf(size),
    outputs: size,
    initialiser: initialiserRule,
    normalised: optional(oneOfNames(['hidden', 'all'])),
    ...hiddenRules,
  })
  const { inputs, hidden, outputs, initialiser, normalised = 'hidden', normalisation } = options
  return stack(
    [inputs],
    [
      ...hidden.flatMap((units) => [dense({ units, initialiser }), ...afterProduct(options)]),
      dense({ units: outputs, initialiser }),
      ...(normalised === 'all' && normalisation !== undefined ? [normalising(normalisation)] : []),
    ],
  )
}

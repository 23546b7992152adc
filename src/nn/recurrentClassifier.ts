/** The recurrent classifier: sequence → last state → logits. */
import { assertOptions, rulesByKind, wholeFrom } from '../graph/options.js'
import { dense } from './dense.js'
import type { ElmanOptions } from './elman.js'
import type { GruOptions } from './gru.js'
import type { Network } from './network.js'
import { cellKinds, recurrent, truncateRule } from './recurrent.js'
import { stack } from './stack.js'

/** Sizes of sequences, the cell and the number of classes. */
export type RecurrentClassifierOptions = (
  | ({ readonly cell: 'elman' } & ElmanOptions)
  | ({ readonly cell: 'gru' } & GruOptions)
) & {
  /** Length of a sequence. */
  readonly steps: number
  /** Numbers in each step. */
  readonly inputs: number
  readonly outputs: number
  /** See `UnrollOptions`. */
  readonly truncate?: number
}

/**
 * A recurrent layer over rows that hold sequences `[steps, inputs]`, and a dense layer on its last state. An image is a
 * sequence of its rows: `steps` is its height and `inputs` its width times its channels. Throws on impossible sizes and unknown names.
 */
export const recurrentClassifier = (options: RecurrentClassifierOptions): Network => {
  const size = wholeFrom(1)
  assertOptions('recurrentClassifier', options, {
    steps: size,
    inputs: size,
    outputs: size,
    ...rulesByKind(options, 'cell', cellKinds),
    truncate: truncateRule,
  })
  const { steps, inputs, outputs, ...cell } = options
  return stack(
    [steps, inputs],
    [recurrent({ ...cell, outputs: 'last' }), dense({ units: outputs, initialiser: cell.initialiser })],
  )
}

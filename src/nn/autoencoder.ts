/** The autoencoder: rows squeezed through a short code and put together again. */
import type { Expr } from '../graph/expr.js'
import { sigmoid } from '../graph/ops.js'
import { assertOptions, listOf, oneOfNames, wholeFrom } from '../graph/options.js'
import { afterProduct, type HiddenOptions, hiddenRules } from './hidden.js'
import { dense } from './dense.js'
import { type InitialiserName, initialiserRule } from './initialise.js'
import { joined } from './joined.js'
import { binaryCrossEntropy } from './losses/binaryCrossEntropy.js'
import { meanSquaredError } from './losses/meanSquaredError.js'
import type { Mode, Network, Output } from './network.js'
import { stack } from './stack.js'

/** Sizes of an autoencoder. */
export interface AutoencoderOptions extends HiddenOptions {
  readonly inputs: number
  /** Units of the encoder's hidden layers; the decoder has them in the other order. Empty: linear, as principal components are. */
  readonly hidden: readonly number[]
  /** Length of the code, which has no activation function. */
  readonly code: number
  /** What rows are: numbers in 0 … 1, such as pixels (`sigmoid`, cross-entropy), or any numbers (`identity`, squared error). */
  readonly output: 'sigmoid' | 'identity'
  readonly initialiser: InitialiserName
}

/** A network whose outputs are its inputs again: its `logits` before the output function, its `features` the code. */
export interface Autoencoder extends Network {
  readonly code: number
  /** `[n, inputs]` → `[n, code]` */
  readonly encode: (params: Expr, x: Expr, mode?: Mode) => Expr
  /** `[n, code]` → `[n, inputs]`, after the output function. */
  readonly decode: (params: Expr, code: Expr, mode?: Mode) => Expr
  /** How far each row is from what a pass made of it, `[n]`, added up over the inputs: cross-entropy in nats, or squared error. */
  readonly losses: (output: Output, x: Expr) => Expr
}

const size = wholeFrom(1)

/**
 * Encoder `inputs`-hidden-`code` and its mirror image, tensors `encoder/dense0/weight` … and `decoder/dense0/weight` …; Rumelhart,
 * Hinton & Williams 1986; Hinton & Salakhutdinov 2006 (without their layer-wise start). Throws on impossible sizes and unknown names.
 */
export const autoencoder = (options: AutoencoderOptions): Autoencoder => {
  assertOptions('autoencoder', options, {
    inputs: size,
    hidden: listOf(size),
    code: size,
    output: oneOfNames(['sigmoid', 'identity']),
    initialiser: initialiserRule,
    ...hiddenRules,
  })
  const { inputs, hidden, code, output, initialiser } = options
  const layers = (units: readonly number[], last: number) => [
    ...units.flatMap((n) => [dense({ units: n, initialiser }), ...afterProduct(options)]),
    dense({ units: last, initialiser }),
  ]
  const whole = joined([
    { part: 'encoder', network: stack([inputs], layers(hidden, code)) },
    { part: 'decoder', network: stack([code], layers([...hidden].reverse(), inputs)) },
  ])
  const { layout, initialise, after, apply, ...rest } = whole
  return {
    ...rest,
    layout,
    initialise,
    inputs,
    outputs: inputs,
    code,
    apply: (params, x, mode) => {
      const encoder = apply('encoder', params, x, mode)
      const decoder = apply('decoder', params, encoder.logits, mode)
      const state = after({ encoder, decoder })
      return {
        logits: decoder.logits,
        features: encoder.logits,
        activations: [...encoder.activations, ...decoder.activations],
        ...(state === undefined ? {} : { state }),
      }
    },
    encode: (params, x, mode) => apply('encoder', params, x, mode).logits,
    decode: (params, z, mode) => {
      const { logits } = apply('decoder', params, z, mode)
      return output === 'sigmoid' ? sigmoid(logits) : logits
    },
    losses: ({ logits }, x) =>
      output === 'sigmoid' ? binaryCrossEntropy(logits, x, 'sum') : meanSquaredError(logits, x, 'sum'),
  }
}

/** The variational autoencoder, with gates per class in the decoder where asked for. */
import type { Expr } from '../graph/expr.js'
import { add, exp, mul, normal, sigmoid, sliceLast } from '../graph/ops.js'
import { assertOptions, fraction, listOf, optional, recordOf, wholeFrom } from '../graph/options.js'
import { assertShape } from '../graph/shape.js'
import { type Key, named } from '../random/key.js'
import { contextGate, keyRule } from './contextGate.js'
import { dense } from './dense.js'
import { afterProduct, type HiddenOptions, hiddenRules } from './hidden.js'
import { type InitialiserName, initialiserRule } from './initialise.js'
import { joined } from './joined.js'
import { binaryCrossEntropy } from './losses/binaryCrossEntropy.js'
import { gaussianDivergence } from './losses/gaussianDivergence.js'
import type { LayerOf } from './layer.js'
import type { Mode, Network, Output } from './network.js'
import { stack } from './stack.js'

/** Gates in every hidden layer of the decoder: see `contextGate`, with classes as contexts. */
export interface ClassGates {
  readonly classes: number
  /** Share of the units of each hidden layer that a class silences. */
  readonly silenced: number
  /** Where they are drawn from, once. */
  readonly key: Key
}

/** Sizes of a variational autoencoder. */
export interface VaeOptions extends HiddenOptions {
  readonly inputs: number
  /** Units of the encoder's hidden layers; the decoder has them in the other order. */
  readonly hidden: readonly number[]
  readonly latents: number
  readonly initialiser: InitialiserName
  /** Passes then need the class of each row, as `mode.context`. Absent: none. */
  readonly gates?: ClassGates
}

/** Result of a pass, with the posterior of each row. */
export interface VaeOutput extends Output {
  /** `[n, latents]`, also the `features`. */
  readonly mean: Expr
  /** `[n, latents]`: the natural logarithm of each variance. */
  readonly logVariance: Expr
  /** `[n, latents]`: what was decoded, a draw of the posterior in training passes and its mean in evaluations. */
  readonly latent: Expr
}

/** The two parts of the bound, in nats for each row, `[n]`, added up over inputs and latents. */
export interface VaeLosses {
  /** Cross-entropy of the row and its reconstruction. */
  readonly reconstruction: Expr
  /** From the posterior to the standard normal. */
  readonly divergence: Expr
  /** Their sum: minus the evidence lower bound. Divided by the number of inputs it is the loss of van de Ven 2020. */
  readonly total: Expr
}

/** A network whose outputs are its inputs again, in 0 … 1; its `logits` come before the sigmoid. */
export interface Vae extends Network {
  readonly latents: number
  readonly apply: (params: Expr, x: Expr, mode?: Mode) => VaeOutput
  readonly losses: (output: VaeOutput, x: Expr) => VaeLosses
  /** `[n, latents]` → `[n, inputs]`, probabilities. */
  readonly decode: (params: Expr, latent: Expr, mode?: Mode) => Expr
  /**
   * `rows` draws from the prior, decoded: `[rows, inputs]`, probabilities. `key` [2], i32. With gates, `mode.context` gives the
   * class that each row shall be of.
   */
  readonly sample: (params: Expr, key: Expr, rows: number, mode?: Mode) => Expr
}

const size = wholeFrom(1)
const gatesRule = recordOf({ classes: size, silenced: fraction, key: keyRule })

/**
 * Kingma & Welling 2014 (arXiv:1312.6114): a Gaussian posterior with diagonal covariance, drawn as mean + deviation · noise (equation
 * 10), a standard normal prior, Bernoulli outputs. Encoder `inputs`-hidden-(mean and log variance, side by side), decoder the mirror
 * image. Gates as in the decoder of brain-inspired replay (van de Ven, Siegelmann & Tolias 2020): fixed, random, by
 * class, after the activation function; without its feedback connections and its prior with a mode for each class. Throws on
 * impossible sizes and unknown names.
 */
export const vae = (options: VaeOptions): Vae => {
  assertOptions('vae', options, {
    inputs: size,
    hidden: listOf(size),
    latents: size,
    initialiser: initialiserRule,
    gates: optional(gatesRule),
    ...hiddenRules,
  })
  const { inputs, hidden, latents, initialiser, gates } = options
  const gatesOf = (layer: number): readonly LayerOf[] =>
    gates === undefined
      ? []
      : [contextGate({ contexts: gates.classes, silenced: gates.silenced, key: named(gates.key, `layer ${layer}`) })]
  const encoder = stack(
    [inputs],
    [
      ...hidden.flatMap((units) => [dense({ units, initialiser }), ...afterProduct(options)]),
      dense({ units: 2 * latents, initialiser }),
    ],
  )
  const decoder = stack(
    [latents],
    [
      ...[...hidden]
        .reverse()
        .flatMap((units, i) => [dense({ units, initialiser }), ...afterProduct(options, gatesOf(i))]),
      dense({ units: inputs, initialiser }),
    ],
  )
  const { apply, after, ...whole } = joined([
    { part: 'encoder', network: encoder },
    { part: 'decoder', network: decoder },
  ])
  const decode = (params: Expr, latent: Expr, mode?: Mode): Expr =>
    sigmoid(apply('decoder', params, latent, mode).logits)
  return {
    ...whole,
    draws: true,
    inputs,
    outputs: inputs,
    latents,
    apply: (params, x, mode) => {
      const encoded = apply('encoder', params, x, mode)
      const mean = sliceLast(encoded.logits, 0, latents)
      const logVariance = sliceLast(encoded.logits, latents, latents)
      const latent = mode?.training === undefined ? mean : drawn(mean, logVariance, mode.training)
      const decoded = apply('decoder', params, latent, mode)
      const state = after({ encoder: encoded, decoder: decoded })
      return {
        logits: decoded.logits,
        features: mean,
        activations: [...encoded.activations, ...decoded.activations],
        mean,
        logVariance,
        latent,
        ...(state === undefined ? {} : { state }),
      }
    },
    losses: ({ logits, mean, logVariance }, x) => {
      const reconstruction = binaryCrossEntropy(logits, x, 'sum')
      const divergence = gaussianDivergence({ mean, logVariance })
      return { reconstruction, divergence, total: add(reconstruction, divergence) }
    },
    decode,
    sample: (params, key, rows, mode) => {
      assertShape(key.dtype === 'i32' && key.shape[0] === 2, 'vae: sample', 'a key, i32 [2]', key.shape)
      return decode(params, normal(key, 'prior', [rows, latents]), mode)
    },
  }
}

const drawn = (mean: Expr, logVariance: Expr, { key, label }: NonNullable<Mode['training']>): Expr => {
  const noise = normal(key, label === undefined ? 'posterior' : `${label}/posterior`, mean.shape)
  return add(mean, mul(exp(mul(0.5, logVariance)), noise))
}

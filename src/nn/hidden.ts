/** What follows the products of a hidden layer, as options that models share. */
import { belowOne, optional, type Rule, rulesByKind } from '../graph/options.js'
import { activation, type ActivationName, activationRule } from './activation.js'
import { batchNormalisation, type BatchNormalisationOptions, batchNormalisationRules } from './batchNorm.js'
import { dropout } from './dropout.js'
import type { LayerOf } from './layer.js'
import { layerNormalisation, type LayerNormalisationOptions, layerNormalisationRules } from './layerNorm.js'

/** Normalisation of what the activation function sees: over the values of each example, or over those of a batch with its policy. */
export type Normalisation =
  | ({ readonly kind: 'layer' } & LayerNormalisationOptions)
  | ({ readonly kind: 'batch' } & BatchNormalisationOptions)

/** Options of hidden layers. Nothing given: a rectifier and no more. */
export interface HiddenOptions {
  /** A name in `activations`; `relu` when absent. */
  readonly activation?: ActivationName
  /** Share of the units that a training pass drops after the activation function; none when absent. */
  readonly dropout?: number
  /** Before the activation function; none when absent. */
  readonly normalisation?: Normalisation
}

const kinds = { layer: layerNormalisationRules, batch: batchNormalisationRules } as const

const normalisationRule: Rule = {
  expected: "{ kind: 'layer', … } or { kind: 'batch', statistics, … }",
  accepts: (v) => typeof v === 'object' && v !== null && 'kind' in v && (v.kind === 'layer' || v.kind === 'batch'),
  inside: (v) => rulesByKind(v, 'kind', kinds),
}

/** Rules of `HiddenOptions`, for `assertOptions`. */
export const hiddenRules = {
  activation: optional(activationRule),
  dropout: optional(belowOne),
  normalisation: optional(normalisationRule),
} as const

/** The layer of a normalisation. */
export const normalising = (options: Normalisation): LayerOf => {
  if (options.kind === 'layer') {
    const { kind: _, ...own } = options
    return layerNormalisation(own)
  }
  const { kind: _, ...own } = options
  return batchNormalisation(own)
}

/** Normalisation and activation, then what is put `between`, then dropout. */
export const afterProduct = (options: HiddenOptions, between: readonly LayerOf[] = []): readonly LayerOf[] => [
  ...(options.normalisation === undefined ? [] : [normalising(options.normalisation)]),
  activation(options.activation ?? 'relu'),
  ...between,
  ...(options.dropout === undefined || options.dropout === 0 ? [] : [dropout({ rate: options.dropout })]),
]

/** The dense layer. */
import { dot, reshape } from '../graph/ops.js'
import { assertOptions, wholeFrom } from '../graph/options.js'
import { sizeOf } from '../graph/shape.js'
import { type InitialiserName, initialiserRule, initialisers } from './initialise.js'
import type { LayerOf } from './layer.js'

/** Sizes of a dense layer. */
export interface DenseOptions {
  readonly units: number
  readonly initialiser: InitialiserName
}

/**
 * `x · weight + bias`: `weight` [inputs, units], `bias` [units], the first value of every sum. Examples of more than one axis are
 * read as rows. Costs inputs · units products an example. Throws on a number of units that is not whole from 1 and on an unknown initialiser.
 */
export const dense = (options: DenseOptions): LayerOf => {
  assertOptions('dense', options, { units: wholeFrom(1), initialiser: initialiserRule })
  const { units, initialiser } = options
  return (shape) => {
    const inputs = sizeOf(shape)
    const fan = { fanIn: inputs, fanOut: units }
    const fill = initialisers[initialiser]
    return {
      kind: 'dense',
      parameters: [
        {
          name: 'weight',
          shape: [inputs, units],
          initialise: (key) => fill({ key, part: 'weight', shape: [inputs, units], ...fan }),
        },
        { name: 'bias', shape: [units], initialise: (key) => fill({ key, part: 'bias', shape: [units], ...fan }) },
      ],
      shape: [units],
      apply: (x, { own }) => ({ value: dot(reshape(x, [x.shape[0]!, inputs]), own('weight'), { init: own('bias') }) }),
    }
  }
}

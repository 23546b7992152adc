/** The single-head attention layer. */
import { dot, reshape, sliceLast } from '../graph/ops.js'
import { assertOptions, flag, optional, wholeFrom } from '../graph/options.js'
import { assertShape } from '../graph/shape.js'
import { attend } from './attend.js'
import { type InitialiserName, initialiserRule } from './initialise.js'
import type { LayerOf } from './layer.js'
import { weights } from './sideBySide.js'

/** Sizes of the layer. */
export interface AttentionOptions {
  /** Length of queries, keys and values. */
  readonly units: number
  /** Length of what a position gives: values are multiplied by `output`. Absent: the values themselves, `units` long. */
  readonly outputs?: number
  /** A position looks at itself and those before it only. */
  readonly causal?: boolean
  readonly initialiser: InitialiserName
}

/**
 * Self-attention over sequences `[steps, inputs]`: queries, keys and values are `x · weight` with `weight` [inputs, 3 units], side by side
 * in this order and each drawn as a matrix of its own; then `attend`; then `· output` [units, outputs] where asked for. `[steps,
 * outputs]`. Vaswani et al. 2017 (arXiv:1706.03762), section 3.2 with one head; no biases. The projections of all positions of all
 * examples are one product. Throws on impossible sizes, unknown names and examples that are not sequences.
 */
export const attention = (options: AttentionOptions): LayerOf => {
  assertOptions('attention', options, {
    units: wholeFrom(1),
    outputs: optional(wholeFrom(1)),
    causal: optional(flag),
    initialiser: initialiserRule,
  })
  const { units, outputs, causal = false, initialiser } = options
  return (shape) => {
    assertShape(shape.length === 2, 'attention', 'sequences [steps, inputs]', shape)
    const [steps = 1, inputs = 1] = shape
    const projections = { inputs, units, parts: ['query', 'key', 'value'], initialiser }
    const output = { inputs: units, units: outputs ?? units, parts: ['output'], initialiser }
    return {
      kind: 'attention',
      parameters: [weights('weight', projections), ...(outputs === undefined ? [] : [weights('output', output)])],
      shape: [steps, outputs ?? units],
      apply: (x, { own }) => {
        const n = x.shape[0] ?? 1
        const projected = dot(reshape(x, [n * steps, inputs]), own('weight'))
        const part = (i: number) => reshape(sliceLast(projected, i * units, units), [n, steps, units])
        const value = attend(part(0), part(1), part(2), { causal })
        if (outputs === undefined) return { value }
        return { value: reshape(dot(reshape(value, [n * steps, units]), own('output')), [n, steps, outputs]) }
      },
    }
  }
}

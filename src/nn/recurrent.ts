/** Recurrent layers: a cell over the steps of a sequence. */
import { permute } from '../graph/ops.js'
import { assertOptions, oneOfNames, optional, rulesByKind, wholeFrom } from '../graph/options.js'
import { assertShape } from '../graph/shape.js'
import type { Cell } from './cell.js'
import { elman, type ElmanOptions, elmanRules } from './elman.js'
import { gru, type GruOptions, gruRules } from './gru.js'
import type { LayerOf } from './layer.js'
import { unroll } from './unroll.js'

/** The cell and its sizes, and what the layer gives. */
export type RecurrentOptions = (
  | ({ readonly cell: 'elman' } & ElmanOptions)
  | ({ readonly cell: 'gru' } & GruOptions)
) & {
  /** The states after `all` steps, `[steps, units]`, or after the `last` one, `[units]`. */
  readonly outputs: 'all' | 'last'
  /** See `UnrollOptions`. */
  readonly truncate?: number
}

/** Rules of the cells, by name. */
export const cellKinds = { elman: elmanRules, gru: gruRules } as const

/** The rule of `truncate`. */
export const truncateRule = optional(wholeFrom(1))

/**
 * A cell over sequences `[steps, inputs]`, from a state of zeros. Tensors and variants: see `elman` and `gru`. Throws on impossible
 * sizes, unknown names and examples that are not sequences.
 */
export const recurrent = (options: RecurrentOptions): LayerOf => {
  const made = cellOf(options)
  const { outputs, truncate } = options
  return (shape) => {
    assertShape(shape.length === 2, 'recurrent', 'sequences [steps, inputs]', shape)
    const [steps = 1, inputs = 1] = shape
    return {
      kind: made.kind,
      parameters: made.parameters(inputs),
      shape: outputs === 'all' ? [steps, made.units] : [made.units],
      apply: (x, { own }) => {
        const { states, last } = unroll(made, own, permute(x, [1, 0, 2]), truncate === undefined ? {} : { truncate })
        return { value: outputs === 'all' ? permute(states, [1, 0, 2]) : last }
      },
      isHidden: true,
    }
  }
}

const cellOf = (options: RecurrentOptions): Cell => {
  assertOptions('recurrent', options, {
    ...rulesByKind(options, 'cell', cellKinds),
    outputs: oneOfNames(['all', 'last']),
    truncate: truncateRule,
  })
  if (options.cell === 'elman') {
    const { cell: _c, outputs: _o, truncate: _t, ...own } = options
    return elman(own)
  }
  const { cell: _c, outputs: _o, truncate: _t, ...own } = options
  return gru(own)
}

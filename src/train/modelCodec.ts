/** The part of a benchmark file that describes the network. Absent options leave a network as it is without them, to the bit. */
import { checked, type Complaint } from '../codec/checked.js'
import { list } from '../codec/list.js'
import { count, decay as belowOne, fraction, odd, positive } from '../codec/number.js'
import { keyOf, oneOf } from '../codec/oneOf.js'
import { optional, withDefault } from '../codec/optional.js'
import { tagged } from '../codec/tagged.js'
import { activations } from '../nn/activation.js'
import { initialisers } from '../nn/initialise.js'

const initialiser = withDefault(keyOf(initialisers), 'pytorch')
const activation = optional(keyOf(activations))

/** After each product of hidden layers: normalisation, activation function (`relu` when absent), dropout. */
const hiddenLayers = {
  activation,
  dropout: optional(belowOne),
  normalisation: optional(
    tagged('kind', {
      layer: { epsilon: optional(positive), over: optional(oneOf(['last', 'all'])) },
      batch: {
        epsilon: optional(positive),
        momentum: optional(fraction),
        // what running statistics do when a later experience begins
        statistics: oneOf(['continue', 'reset', 'first']),
      },
    }),
  ),
}

const kinds = tagged('kind', {
  mlp: { hidden: list(count), initialiser, normalised: optional(oneOf(['hidden', 'all'])), ...hiddenLayers },
  cnn: { filters: list(count), kernel: withDefault(odd, 3), initialiser, ...hiddenLayers },
  recurrent: {
    cell: oneOf(['elman', 'gru']),
    units: count,
    activation,
    reset: optional(oneOf(['before', 'after'])),
    truncate: optional(count),
    initialiser,
    recurrentInitialiser: optional(keyOf(initialisers)),
  },
})

/**
 * The network. `hidden`: units per hidden layer; `filters`: output channels per convolution, each halves height and width; `recurrent`
 * reads an image row by row.
 */
export const model = checked(kinds, (m): readonly Complaint[] => {
  if (m.kind !== 'recurrent') return []
  const foreign = m.cell === 'elman' ? 'reset' : 'activation'
  const owner = m.cell === 'elman' ? 'gru' : 'elman'
  return m[foreign] === undefined
    ? []
    : [{ at: [foreign], expected: `no '${foreign}': only the cell '${owner}' has one` }]
})

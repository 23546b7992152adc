/** A network as instances: an evaluation, and a training pass where that is another function. */
import type { Network } from '../../nn/network.js'
import { key } from '../../random/key.js'
import type { ArgumentSpec } from '../argument.js'
import { differentiated } from './differentiated.js'
import type { Instance } from './item.js'

const n = 3

/** The logits of a few rows, as a function of the parameters (at initial values, moved a little) and of the rows. */
export const networkChecks = (network: Network): readonly Instance[] => {
  const { layout, inputs, state, draws } = network
  const own: readonly ArgumentSpec[] = [
    {
      name: 'params',
      shape: [layout.size],
      // biases that start at 0 would sit on the kinks of rectifiers
      values: network.initialise(key(1)).map((v, i) => v + ((i % 7) - 3) / 64),
    },
    { name: 'x', shape: [n, inputs] },
    { name: 'context', shape: [n], values: new Array<number>(n).fill(0), below: 1 },
    ...(state === undefined
      ? []
      : [{ name: 'state', shape: [state.layout.size], values: state.initial, fixed: true as const }]),
  ]
  const drawKey: ArgumentSpec = { name: 'key', shape: [2], below: 2 ** 31 - 1 }
  const evaluated = differentiated({
    name: 'an evaluation',
    f: (params, x, context, kept) => network.apply(params, x, { context, state: kept }).logits,
    args: own,
  })
  const trained = differentiated({
    name: 'a training pass',
    f: (params, x, context, ...rest) => {
      const [drawn, kept] = state === undefined ? rest : [rest[1], rest[0]]
      return network.apply(params, x, { context, state: kept, training: { key: drawn ?? context } }).logits
    },
    args: [...own, drawKey],
  })
  return state === undefined && draws !== true ? [evaluated] : [evaluated, trained]
}

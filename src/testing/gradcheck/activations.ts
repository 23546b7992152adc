/** Every activation function: the names of the registry, and those with options or parameters. */
import { activations } from '../../nn/activation.js'
import { crelu } from '../../nn/activations/crelu.js'
import { elu } from '../../nn/activations/elu.js'
import { kWinners } from '../../nn/activations/kWinners.js'
import { leakyRelu } from '../../nn/activations/leakyRelu.js'
import { prelu } from '../../nn/activations/prelu.js'
import { fastSigmoid, logisticSurrogate, step, straightThrough } from '../../nn/activations/step.js'
import { swish } from '../../nn/activations/swish.js'
import { type Checked, differentiated } from './differentiated.js'
import type { Item } from './item.js'

const rows = { name: 'x', shape: [3, 5], low: -3, high: 3 }
const images = { name: 'x', shape: [2, 2, 3, 2] }

/** Cases of functions that the registry does not name, and more of those that it does. */
const others: Readonly<Record<string, readonly Checked[]>> = {
  leakyRelu: [{ name: 'slope 0.25', f: (x) => leakyRelu(x, 0.25), args: [rows] }],
  elu: [{ name: 'alpha 0.5', f: (x) => elu(x, 0.5), args: [rows] }],
  step: [
    { name: 'fast sigmoid', f: (x) => step(x, fastSigmoid(4)), args: [rows] },
    { name: 'logistic', f: (x) => step(x, logisticSurrogate(4)), args: [rows] },
    { name: 'straight through', f: (x) => step(x, straightThrough), args: [rows] },
  ],
  swish: [
    { name: 'one beta', f: (x, beta) => swish(x, beta), args: [rows, { name: 'beta', shape: [] }] },
    { name: 'beta per unit', f: (x, beta) => swish(x, beta), args: [rows, { name: 'beta', shape: [5] }] },
  ],
  prelu: [
    { name: 'one slope', f: (x, slope) => prelu(x, slope), args: [rows, { name: 'slope', shape: [] }] },
    { name: 'slope per unit', f: (x, slope) => prelu(x, slope), args: [rows, { name: 'slope', shape: [5] }] },
  ],
  crelu: [{ name: 'rows', f: (x) => crelu(x), args: [rows] }],
  kWinners: [
    { name: '2 of 5', f: (x) => kWinners(x, 2), args: [rows] },
    { name: 'all', f: (x) => kWinners(x, 5), args: [rows] },
  ],
}

const names = [...new Set([...Object.keys(activations), ...Object.keys(others)])]

const ofRegistry = (name: string): readonly Checked[] =>
  Object.entries(activations)
    .filter(([known]) => known === name)
    .flatMap(([, f]) => [
      { name: 'rows', f: (x) => f(x), args: [rows] },
      { name: 'images', f: (x) => f(x), args: [images] },
    ])

/** All activation functions. */
export const activationItems: readonly Item[] = names.map((name) => ({
  name,
  kind: 'activation',
  instances: [...ofRegistry(name), ...(others[name] ?? [])].map(differentiated),
}))

/** Random networks with parameters and rows to try them on. */
import fc from 'fast-check'
import { activation, type ActivationName, activations } from '../../nn/activation.js'
import { cnn } from '../../nn/cnn.js'
import { conv2d } from '../../nn/conv2d.js'
import { dense } from '../../nn/dense.js'
import { layerNormalisation } from '../../nn/layerNorm.js'
import { mlp } from '../../nn/mlp.js'
import type { Network } from '../../nn/network.js'
import { meanPool } from '../../nn/pool.js'
import { stack } from '../../nn/stack.js'
import { uniforms } from '../../random/draw.js'
import { key, named } from '../../random/key.js'
import { onOddGrid } from '../argument.js'
import type { Tensor } from './tensors.js'

/** A network with parameters, and labelled rows that it takes. */
export interface TriedNetwork {
  /** What it is, in words. */
  readonly description: string
  readonly network: Network
  /** Initial ones, with biases moved away from 0: an argument for `checkGradients`. */
  readonly params: Tensor
  /** `[n, inputs]`. */
  readonly x: Tensor
  /** `[n]`: 0 … outputs − 1. */
  readonly labels: Int32Array
}

/** Size of random networks: up to `rows` rows, layers of up to `width` units, up to `depth` hidden layers. Absent: 4, 5 and 2. */
export interface NetworkLimits {
  readonly rows?: number
  readonly width?: number
  readonly depth?: number
}

const names = Object.entries(activations).map(([name]) => name)
const isActivation = (name: string): name is ActivationName => names.includes(name)

interface Described {
  readonly description: string
  readonly network: Network
}

const perceptrons = (width: number, depth: number): fc.Arbitrary<Described> =>
  fc
    .record({
      inputs: fc.integer({ min: 1, max: width }),
      hidden: fc.array(fc.integer({ min: 1, max: width }), { maxLength: depth }),
      outputs: fc.integer({ min: 1, max: width }),
    })
    .map((sizes) => ({
      description: `mlp ${[sizes.inputs, ...sizes.hidden, sizes.outputs].join('-')}`,
      network: mlp({ ...sizes, initialiser: 'glorot' }),
    }))

const convolutional = (width: number, depth: number): fc.Arbitrary<Described> =>
  fc
    .record({
      height: fc.integer({ min: 4, max: 6 }),
      width: fc.integer({ min: 4, max: 6 }),
      channels: fc.integer({ min: 1, max: 2 }),
      filters: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: Math.min(depth, 2) }),
      kernel: fc.constantFrom(1, 3),
      outputs: fc.integer({ min: 1, max: width }),
    })
    .map((sizes) => ({
      description: `cnn ${sizes.height} x ${sizes.width} x ${sizes.channels}, filters ${sizes.filters.join('-')}, kernel ${sizes.kernel}, ${sizes.outputs} outputs`,
      network: cnn({ ...sizes, initialiser: 'glorot' }),
    }))

/** Dense layers of images with an activation each, normalised and pooled or not. */
const stacks = (width: number, depth: number): fc.Arbitrary<Described> =>
  fc
    .record({
      activation: fc.constantFrom(...names.filter(isActivation)),
      units: fc.array(fc.integer({ min: 1, max: width }), { minLength: 1, maxLength: Math.max(1, depth) }),
      normalised: fc.boolean(),
      pooled: fc.boolean(),
      outputs: fc.integer({ min: 1, max: width }),
    })
    .map(({ activation: name, units, normalised, pooled, outputs }) => ({
      description: `stack of ${pooled ? 'conv2d and meanPool, ' : ''}dense ${units.join('-')} with ${normalised ? 'layer normalisation and ' : ''}${name}, ${outputs} outputs`,
      network: stack(
        [2, 3, 1],
        [
          ...(pooled ? [conv2d({ filters: 2, kernel: 2, pad: 1, initialiser: 'glorot' }), meanPool(2)] : []),
          ...units.flatMap((n) => [
            dense({ units: n, initialiser: 'glorot' }),
            ...(normalised && n > 2 ? [layerNormalisation()] : []),
            activation(name),
          ]),
          dense({ units: outputs, initialiser: 'glorot' }),
        ],
      ),
    }))

const drawn = (seed: number, label: string, n: number): Float64Array => uniforms(named(key(seed), label), n)

/** Perceptrons, convolutional networks and stacks of layers, with any activation function; smaller ones have fewer and narrower layers. */
export const networks = ({ rows = 4, width = 5, depth = 2 }: NetworkLimits = {}): fc.Arbitrary<TriedNetwork> =>
  fc
    .tuple(
      fc.oneof(perceptrons(width, depth), convolutional(width, depth), stacks(width, depth)),
      fc.noShrink(fc.nat(2 ** 31 - 1)),
      fc.integer({ min: 1, max: rows }),
    )
    .map(([{ description, network }, seed, n]) => {
      const { inputs, outputs, layout } = network
      const first = network.initialise(key(seed))
      const away = drawn(seed, 'away', layout.size)
      return {
        description,
        network,
        params: { shape: [layout.size], values: first.map((p, i) => p + onOddGrid(away[i]!, -0.25, 0.25)) },
        x: { shape: [n, inputs], values: Float32Array.from(drawn(seed, 'x', n * inputs), (u) => onOddGrid(u)) },
        labels: Int32Array.from(drawn(seed, 'labels', n), (u) => Math.floor(u * outputs)),
      }
    })

import { readdirSync, readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeWith } from '../../src/codec/decode.js'
import { describe as said } from '../../src/codec/problem.js'
import { catalogue } from '../../src/data/catalogue.js'
import { strategies } from '../../src/strategy/registry.js'
import { type Scenario, scenario } from '../../src/stream/scenario.js'
import { type Benchmark, benchmark } from '../../src/train/benchmark.js'

const files = readdirSync('benchmarks').filter((name) => name.endsWith('.json'))

const read = (file: string): Benchmark => {
  const decoded = decodeWith(benchmark(strategies), JSON.parse(readFileSync(`benchmarks/${file}`, 'utf8')))
  if (E.isLeft(decoded)) throw new Error(decoded.left.map(said).join('\n'))
  return decoded.right
}

const scenarioNamed = (name: string): Scenario => {
  const decoded = decodeWith(scenario, JSON.parse(readFileSync(`scenarios/${name}.json`, 'utf8')))
  if (E.isLeft(decoded)) throw new Error(decoded.left.map(said).join('\n'))
  return decoded.right
}

/** Option `key` of the first strategy of a method, a number. */
const option = ({ methods }: Benchmark, label: string, key: string): number =>
  Number(methods.find((entry) => entry.label === label)?.strategies[0]?.[key])

/** A layer: multiply-accumulates for one row, and parameters. */
interface Layer {
  readonly products: number
  readonly parameters: number
}

const dense = (from: number, to: number): Layer => ({ products: from * to, parameters: from * to + to })

/** Layers for images of `side` × `side`; convolutions keep the size, each pooling halves it. */
const layersOf = ({ model }: Benchmark, side: number, outputs: number): readonly Layer[] => {
  if (model.kind === 'mlp') {
    const widths = [side * side, ...model.hidden, outputs]
    return widths.slice(1).map((to, i) => dense(widths[i]!, to))
  }
  if (model.kind === 'recurrent') throw new Error('no benchmark of the package has a recurrent network')
  const channels = [1, ...model.filters]
  const convolutions = model.filters.map((to, i): Layer => {
    const weights = model.kernel ** 2 * channels[i]! * to
    return { products: Math.floor(side / 2 ** i) ** 2 * weights, parameters: weights + to }
  })
  return [...convolutions, dense(Math.floor(side / 2 ** model.filters.length) ** 2 * channels.at(-1)!, outputs)]
}

/** Gains and biases of hidden layers that are normalised, one of each for a unit or a channel. */
const normalising = ({ model }: Benchmark): number => {
  if (model.kind === 'recurrent' || model.normalisation === undefined) return 0
  return 2 * (model.kind === 'mlp' ? model.hidden : model.filters).reduce((sum, units) => sum + units, 0)
}

/** Sizes of the network of a benchmark: multiply-accumulates per row forward and in training, and parameters. */
const sizes = (b: Benchmark, { dataset, incremental, contexts }: Scenario) => {
  const { classes } = catalogue[dataset]
  const side = dataset === 'mnist' ? 28 : 8
  const outputs = incremental === 'domain' && contexts.kind === 'split' ? contexts.classesPerContext : classes
  const layers = layersOf(b, side, outputs)
  const forward = layers.reduce((sum, { products }) => sum + products, 0)
  const parameters = layers.reduce((sum, layer) => sum + layer.parameters, 0) + normalising(b)
  // backward: products for the weights of every layer, and for the inputs of all but the first
  return { inputs: side * side, outputs, parameters, forward, trained: 3 * forward - layers[0]!.products }
}

const contextsOf = ({ contexts, dataset }: Scenario): number => {
  if (contexts.kind === 'split') return catalogue[dataset].classes / contexts.classesPerContext
  if (contexts.kind === 'permuted') return contexts.count
  return 'count' in contexts.angles ? contexts.angles.count : contexts.angles.length
}

describe.each(files)('%s', (file) => {
  const b = read(file)

  it('names a scenario of the package', () => {
    expect(scenarioNamed(b.scenario).name).toBe(b.scenario)
  })

  it('is named like its file', () => {
    expect(`${b.name}.json`).toBe(file)
  })

  it('sets every option of every strategy and of the optimiser itself', () => {
    const raw = JSON.parse(readFileSync(`benchmarks/${file}`, 'utf8'))
    expect(raw.methods).toEqual(b.methods)
    expect(raw.optimiser).toEqual(b.optimiser)
    expect(raw.model).toEqual(b.model)
  })
})

/** Files of other people's protocols hold what those reported; all others compare `cls` with its alternatives. */
const reproduces = (file: string): boolean => file.endsWith('-2020.json')

describe.each(files.filter((file) => !reproduces(file)))('%s', (file) => {
  const b = read(file)
  const world = scenarioNamed(b.scenario)

  it('shows cls beside cls without sleep and replay of equal cost', () => {
    const byLabel = Object.fromEntries(b.methods.map(({ label, strategies: list }) => [label, list]))
    expect(byLabel['cls-no-sleep']).toEqual(byLabel['cls']?.map((entry) => ({ ...entry, macs: 0 })))
    expect(Object.keys(byLabel)).toEqual(
      expect.arrayContaining(['naive', 'joint', 'ewc', 'replay', 'cls', 'cls-no-sleep', 'replay-equal']),
    )
  })

  it('gives replay-equal the bytes of cls, to a row', () => {
    const { inputs, outputs, parameters } = sizes(b, world)
    // pixels, label, and in task-incremental streams the context
    const row = inputs + 4 + (world.incremental === 'task' ? 4 : 0)
    // the buffer with its logits, the slow copy and its count of updates
    const cls = option(b, 'cls', 'capacity') * (row + 4 * outputs) + 4 * parameters + 4
    const replay = option(b, 'replay-equal', 'capacity') * row
    expect(cls - replay).toBeGreaterThanOrEqual(0)
    expect(cls - replay).toBeLessThan(row)
  })

  it('gives replay-equal the multiply-accumulates of cls, to half a row per step', () => {
    const { forward, trained } = sizes(b, world)
    const contexts = contextsOf(world)
    const steps = contexts * (b.training.iterations ?? 0)
    const rows = option(b, 'cls', 'rows')
    // replayed rows are trained on and shown to the slow copy; the first step finds an empty buffer
    const step = rows * (trained + forward)
    const sleep = Math.min(option(b, 'cls', 'steps'), Math.floor(option(b, 'cls', 'macs') / step))
    const probes = 2 * option(b, 'cls', 'probe') * 2 * forward
    const cls = (steps - 1) * step + contexts * (sleep * step + probes)
    const perRow = (steps - 1) * trained
    expect(Math.abs(cls - option(b, 'replay-equal', 'rows') * perRow)).toBeLessThanOrEqual(perRow / 2)
  })
})

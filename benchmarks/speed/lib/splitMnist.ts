import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { decodeWith } from '../../../src/codec/decode.js'
import type { Dataset, Rows } from '../../../src/data/dataset.js'
import { integers } from '../../../src/random/draw.js'
import { key, named } from '../../../src/random/key.js'
import { loadDataset } from '../../../src/shell/datasets.js'
import { strategies } from '../../../src/strategy/registry.js'
import { buildStream } from '../../../src/stream/build.js'
import { scenario } from '../../../src/stream/scenario.js'
import { benchmark } from '../../../src/train/benchmark.js'
import type { RunInput } from '../../../src/train/runInput.js'

const read = <A>(result: E.Either<unknown, A>, what: string): A => {
  if (E.isLeft(result)) throw new Error(`cannot read ${what}`)
  return result.right
}

/** Random images of MNIST's shape and sizes. */
const synthetic = (): Dataset => {
  const rows = (name: string, size: number): Rows => ({
    size,
    pixels: Uint8Array.from(integers(named(key(1), name), size * 784, 1024), (v) => (v < 256 ? v : 0)),
    labels: Uint8Array.from({ length: size }, (_, i) => i % 10),
  })
  const shape = { classes: 10, width: 28, height: 28, scale: 255 }
  const parts = { train: rows('train', 60_000), test: rows('test', 10_000) }
  return { name: 'mnist', source: 'drawn', digest: '', ...shape, ...parts }
}

/** Split MNIST as `benchmarks/split-mnist-2022-task.json` trains it without a strategy; drawn images where MNIST is absent. */
export const splitMnist = async (iterations: number): Promise<RunInput & { readonly data: string }> => {
  const file = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))
  const given = read(
    decodeWith(benchmark(strategies), file('benchmarks/split-mnist-2022-task.json')),
    'the benchmark of Split MNIST',
  )
  const world = read(decodeWith(scenario, file('scenarios/split-mnist-task.json')), 'the scenario of Split MNIST')
  const loaded = await loadDataset('mnist')()
  const data = E.isRight(loaded) ? loaded.right : synthetic()
  return {
    data: E.isRight(loaded) ? 'MNIST' : 'drawn images',
    model: given.model,
    optimiser: given.optimiser,
    training: { ...given.training, iterations },
    measure: [],
    stream: read(buildStream(world, data, 2), 'the stream of Split MNIST'),
    method: [],
    arrangement: 'separate',
    seed: 2,
  }
}

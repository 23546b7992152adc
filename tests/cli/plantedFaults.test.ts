/**
 * The gate has to go red for the faults it is there for. A small protocol on real digits, with what a right implementation gives over
 * seeds of its own as the published figure; then runs of other seeds, right and with a fault, are judged by the command itself.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Dataset } from '../../src/data/dataset.js'
import type { Expr } from '../../src/graph/expr.js'
import { literal, mul } from '../../src/graph/ops.js'
import { averageAccuracy } from '../../src/metrics/averageAccuracy.js'
import { meanOf } from '../../src/metrics/metric.js'
import type { RawLog } from '../../src/record/rawLog.js'
import { loadDataset } from '../../src/shell/datasets.js'
import { type PlannedRun, plan, settingsOf } from '../../src/shell/plan.js'
import { readPublished, type Published } from '../../src/shell/published.js'
import { resultOf } from '../../src/shell/result.js'
import { writeResult } from '../../src/shell/writeResult.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import type { Method } from '../../src/strategy/method.js'
import { buildStream } from '../../src/stream/build.js'
import { methodOf } from '../../src/train/methodOf.js'
import { run } from '../../src/train/run.js'
import { emptyFolder } from './engram.js'
import { inProcess } from './inProcess.js'

/** Digits as they are, then on their side: the same classes twice. No seed changes the stream. */
const scenario = {
  name: 'turned',
  title: 'Turned',
  dataset: 'digits',
  incremental: 'domain',
  contexts: { kind: 'rotated', angles: [0, 90] },
  reveals: { boundary: true, context: true, testContext: false },
}

const rows = 32
const capacity = 30
const strategies = {
  // a linear classifier: seeds differ little, and the strength of the penalty is felt
  ewc: { hidden: [], batch: 64, iterations: 120, entry: { name: 'ewc', lambda: 16 } },
  replay: { hidden: [64], batch: 32, iterations: 200, entry: { name: 'replay', capacity, rows } },
}
type Name = keyof typeof strategies

const upwards = (from: number, count: number): readonly number[] => Array.from({ length: count }, (_, i) => from + i)

/**
 * Seeds of the published figures, and of ours. Penalties differ little from seed to seed (about 0.5 points), replay of so few rows by 2:
 * 8 seeds cannot promise equivalence within the margin, only that a right implementation is not called different. Faults get fewer
 * seeds: they are gross.
 */
const theirs = { ewc: upwards(101, 6), replay: upwards(101, 8) }
const ours = { ewc: upwards(1, 6), replay: upwards(1, 8) }
const few = 4

/** That of domain-incremental figures. */
const margin = 0.02

const benchmark = (name: Name, seeds: readonly number[], mean: number) => {
  const { hidden, batch, iterations, entry } = strategies[name]
  return {
    name,
    title: name,
    scenario: 'turned',
    model: { kind: 'mlp', hidden },
    optimiser: { name: 'sgd', rate: 0.1 },
    training: { batch, iterations },
    seeds,
    methods: [{ label: name, strategies: [entry] }],
    expected: [{ label: name, mean, interval: { kind: 'none' }, source: 'this test', tag: 'V', margin }],
  }
}

let cwd = ''
let dataset: Dataset
beforeAll(async () => {
  cwd = emptyFolder()
  for (const folder of ['benchmarks', 'scenarios']) mkdirSync(join(cwd, folder))
  writeFileSync(join(cwd, 'scenarios', 'turned.json'), JSON.stringify(scenario))
  const loaded = await loadDataset('digits')()
  if (E.isLeft(loaded)) throw new Error('no digits')
  dataset = loaded.right
})
afterAll(() => rmSync(cwd, { recursive: true }))

const written = async (name: Name, seeds: readonly number[], mean: number): Promise<Published> => {
  writeFileSync(join(cwd, 'benchmarks', `${name}.json`), JSON.stringify(benchmark(name, seeds, mean)))
  const read = await readPublished(name, cwd)()
  if (E.isLeft(read)) throw new Error(JSON.stringify(read.left))
  return read.right
}

/** What a run of this configuration gives with a method that `plant` has changed. */
const trained = (
  { scenario: found, read }: Published,
  { configuration }: PlannedRun,
  plant: (strategy: AnyStrategy) => AnyStrategy,
): RawLog => {
  const stream = buildStream(found, dataset, configuration.seed)
  if (E.isLeft(stream)) throw new Error('the scenario refuses a seed')
  const made = methodOf(configuration.method.strategies, read.plugins)
  const method: Method = made.method.map(plant)
  return run({ ...settingsOf(configuration), ...made, method, stream: stream.right }, () => undefined)
}

const runs = (published: Published, folder: string): readonly PlannedRun[] =>
  plan(published.selected, published.scenario, dataset, folder)

const right = (strategy: AnyStrategy): AnyStrategy => strategy

/** The mean of a right implementation over seeds that are not ours. */
const publishedMean = async (name: Name): Promise<number> => {
  const published = await written(name, theirs[name], 0)
  const values = runs(published, cwd).map((planned) => {
    const { configuration } = planned
    const found = averageAccuracy.measure({
      ...trained(published, planned, right),
      configuration: { ...configuration },
    })
    return found.kind === 'value' ? found.value : Number.NaN
  })
  return meanOf(values)
}

/** Runs as they would be with a fault in the code: results under the configuration of the file. Then the command judges them. */
const judged = async (
  name: Name,
  mean: number,
  seeds: readonly number[],
  plant: (strategy: AnyStrategy) => AnyStrategy,
) => {
  const published = await written(name, seeds, mean)
  const out = join(cwd, 'results')
  rmSync(out, { recursive: true, force: true })
  const made = { engine: 'test', startedAt: new Date(0), seconds: 1, workers: 1 }
  for (const planned of runs(published, join(out, name))) {
    const result = resultOf(name, planned, trained(published, planned, plant), made)
    expect(E.isRight(writeResult(planned.path, result))).toBe(true)
  }
  return inProcess(['verify-published', name, '--budget', '0'], cwd)
}

/** Every term of a strategy times a factor. */
const termsTimes = (strategy: AnyStrategy, factor: number): AnyStrategy => ({
  ...strategy,
  objective: (scope) =>
    (strategy.objective?.(scope) ?? []).map((term) => ({ ...term, value: mul(literal(factor), term.value) })),
})

const halved = (strategy: AnyStrategy): AnyStrategy => termsTimes(strategy, 0.5)

const overfull = (strategy: AnyStrategy): AnyStrategy => ({
  ...strategy,
  buffers: Object.fromEntries(
    Object.entries(strategy.buffers ?? {}).map(([name, buffer]) => [name, { ...buffer, capacity: 10 * capacity }]),
  ),
})

/** The sum over the rows of both batches, where the mean belongs. */
const summed = (strategy: AnyStrategy): AnyStrategy => {
  const factor = strategies.replay.batch + Math.min(rows, capacity)
  return {
    ...termsTimes(strategy, factor),
    weight: (scope): Expr => mul(literal(factor), strategy.weight?.(scope) ?? literal(1)),
  }
}

const faults: Readonly<Record<Name, Readonly<Record<string, (strategy: AnyStrategy) => AnyStrategy>>>> = {
  ewc: { 'a penalty that is halved': halved },
  replay: { 'a buffer of ten times its capacity': overfull, 'a sum over rows in place of their mean': summed },
}

describe.each(['ewc', 'replay'] as const)('a published figure of %s', (name) => {
  let mean = 0
  beforeAll(async () => {
    mean = await publishedMean(name)
  })

  it('comes out with the right implementation on other seeds', async () => {
    const { code, out } = await judged(name, mean, ours[name], right)
    expect(out).toMatch(
      name === 'ewc' ? /^✓ .* equivalent$/m : /^[✓?] .* (equivalent|undecided {2}equivalent at \d+ seeds)$/m,
    )
    expect([0, name === 'ewc' ? 0 : 3]).toContain(code)
  })

  for (const [fault, plant] of Object.entries(faults[name])) {
    it(`does not come out with ${fault}`, async () => {
      const { code, out } = await judged(name, mean, ours[name].slice(0, few), plant)
      expect(out).toMatch(/^✗ .* different$/m)
      expect(code).toBe(1)
    })
  }
})

import { join } from 'node:path'
import type { Dataset } from '../data/dataset.js'
import type { Scenario } from '../stream/scenario.js'
import type { Benchmark, MethodEntry } from '../train/benchmark.js'
import type { RunName } from './event.js'
import { hashOf } from './hash.js'

/** Everything that the bits of one run depend on, with every option resolved. Its hash names the run. */
export interface RunConfiguration {
  readonly scenario: Scenario
  readonly dataset: { readonly name: string; readonly digest: string }
  readonly model: Benchmark['model']
  readonly optimiser: Benchmark['optimiser']
  readonly training: Benchmark['training']
  readonly measure: Benchmark['measure']
  /** Its own `optimiser` and `training`, where it has them, stand in place of those above. */
  readonly method: Omit<MethodEntry, 'label'>
  readonly seed: number
  /** Only for methods with strategies from plugin files: SHA-256 of each file's bytes, by name. What the files import is not covered. */
  readonly plugins?: readonly { readonly name: string; readonly digest: string }[]
}

/** What a run is trained with: its method's own optimiser and training, or those of the benchmark. */
export const settingsOf = ({
  model,
  optimiser,
  training,
  measure,
  seed,
  method,
}: RunConfiguration): Pick<RunConfiguration, 'model' | 'optimiser' | 'training' | 'measure' | 'seed'> => ({
  model,
  optimiser: method.optimiser ?? optimiser,
  training: method.training ?? training,
  measure,
  seed,
})

/** One run of a grid: its name, what it computes, and the file its result goes to. */
export interface PlannedRun {
  readonly run: RunName
  readonly configuration: RunConfiguration
  readonly hash: string
  readonly path: string
}

const pluginsOf = (
  strategies: MethodEntry['strategies'],
  digests: ReadonlyMap<string, string>,
): Pick<RunConfiguration, 'plugins'> => {
  const used = [...new Set(strategies.map(({ name }) => name))].sort()
  const plugins = used.flatMap((name) => {
    const digest = digests.get(name)
    return digest === undefined ? [] : [{ name, digest }]
  })
  // absent, not empty: the hash of a run without plugins is that of its other settings
  return plugins.length === 0 ? {} : { plugins }
}

/**
 * The runs of a benchmark, seed by seed, so that all methods can be compared as soon as the first seed is finished.
 * `digests`: of the plugin files, by the names of the strategies they export.
 */
export const plan = (
  { model, optimiser, training, measure, seeds, methods }: Benchmark,
  { title: _, ...scenario }: Scenario,
  dataset: Pick<Dataset, 'name' | 'digest'>,
  folder: string,
  digests: ReadonlyMap<string, string> = new Map(),
): readonly PlannedRun[] =>
  seeds.flatMap((seed) =>
    methods.map(({ label, strategies, ...own }): PlannedRun => {
      const { name, digest } = dataset
      const settings = { model, optimiser, training, measure, method: { strategies, ...own }, seed }
      const configuration = { scenario, dataset: { name, digest }, ...settings, ...pluginsOf(strategies, digests) }
      const path = join(folder, label, `seed-${seed}.json`)
      return { run: { label, seed }, configuration, hash: hashOf(configuration), path }
    }),
  )

/** A learner: parameters, optimiser state and strategy state in one store, and the steps that change them. */
import type { Arithmetic } from '../compile/arithmetic.js'
import { createStore } from '../compile/store.js'
import { type Key, named } from '../random/key.js'
import type { Method } from '../strategy/method.js'
import type { Stream } from '../stream/stream.js'
import type { Benchmark } from './benchmark.js'
import { checkDeclared } from './declared.js'
import { createEvaluator, type Evaluator } from './evaluate.js'
import type { Finding } from './finding.js'
import { createLedger, type Ledger } from './ledger.js'
import { createNanWatch } from './nanWatch.js'
import { featuresOf, networkOf } from './networkOf.js'
import { declareState } from './networkState.js'
import { optimiserOf } from './optimiserOf.js'
import { activeBlock } from './scope.js'
import { createSource, type Source } from './source.js'
import { declareTensors, resetSlots, wakeSlots } from './tensors.js'
import { declareStatistics } from './statistics.js'
import { dimsFor, type Place, type World } from './world.js'

/** What a learner is made from. */
export interface LearnerInput {
  readonly model: Benchmark['model']
  readonly optimiser: Benchmark['optimiser']
  /** Rows per step; room for the largest batch. */
  readonly batch: number
  readonly stream: Stream
  readonly method: Method
  readonly key: Key
  /** Of all products; `exact` when absent. */
  readonly arithmetic?: Arithmetic | undefined
  /** What the network starts from; absent: its initial values. */
  readonly from?: { readonly params: Float32Array; readonly state?: Float32Array | undefined } | undefined
  /** Told of the first NaN; absent: nobody looks for one. */
  readonly diagnose?: ((finding: Finding) => void) | undefined
}

/** See above. */
export interface Learner {
  readonly world: World
  readonly place: Place
  readonly ledger: Ledger
  readonly evaluator: Evaluator
}

/** An untrained learner. Parameters come from `from`, or from the key's `initialise`, whatever the method. */
export const createLearner = ({
  model,
  optimiser,
  batch,
  stream,
  method,
  key,
  arithmetic = 'exact',
  from,
  diagnose,
}: LearnerInput): Learner => {
  checkDeclared(method)
  const store = createStore({ arithmetic })
  const { inputs, height, width, outputs, scale, contexts, kind, reveals } = stream
  const network = networkOf(model, stream)
  store.block('params', [network.layout.size])
  store.write('params', from?.params ?? network.initialise(named(key, 'initialise')))
  declareState({ store, network }, from?.state)
  const masks = kind === 'task' && reveals.context ? contexts.map((c) => c.active) : undefined
  if (masks !== undefined) {
    store.block(activeBlock, [masks.length, outputs])
    masks.forEach((active, i) => {
      for (const k of active) store.write(activeBlock, [1], i * outputs + k)
    })
  }
  const place: Place = {
    experience: 0,
    current: 0,
    steps: 0,
    rows: 0,
    host: new Map(method.map((s) => [s.name, s.host?.init ?? null])),
    statistics: new Map(),
  }
  const all = Array.from({ length: outputs }, (_, k) => k)
  const sizes = {
    inputs,
    height,
    width,
    outputs,
    network,
    features: featuresOf(network),
    experiences: stream.experiences.map(({ context }) => ({
      active: masks?.[context] ?? all,
      own: contexts[context]?.own ?? all,
    })),
  }
  const buffers = new Map(
    method.flatMap((s) => {
      const dims = dimsFor(sizes, place, s)
      return Object.entries(s.buffers ?? {}).map(([name, { capacity, columns }]): readonly [string, Source] => {
        const widths = Object.fromEntries(Object.entries(columns).map(([column, width]) => [column, width(dims)]))
        const id = `${s.name}/${name}`
        return [id, createSource(store, id, capacity, inputs, widths)]
      })
    }),
  )
  const merging = [...buffers.values()].filter(({ name }) =>
    method.some((s) => s.merges?.some((merged) => name === `${s.name}/${merged}`)),
  )
  const largest = Math.max(...stream.experiences.map((e) => e.size))
  const room = merging.reduce((sum, { capacity }) => sum + capacity, largest)
  const world: World = {
    ...sizes,
    store,
    optimiser: optimiserOf(optimiser),
    rate: optimiser.rate,
    method,
    scale,
    batch,
    masks,
    key,
    experience: createSource(store, 'experience', room, inputs, {}),
    buffers,
    merging,
    watch: diagnose === undefined ? undefined : createNanWatch(store, network.layout, diagnose),
  }
  resetSlots(world, world.optimiser, wakeSlots)
  declareTensors(world, place)
  declareStatistics(world, place)
  const ledger = createLedger()
  return {
    world,
    place,
    ledger,
    evaluator: createEvaluator(world, place, ledger, contexts, kind === 'task' && reveals.testContext),
  }
}

/** What a run has learned, in forms that other systems read. */
import { leavesOf } from './handed.js'
import { predictorOf, scoresOf } from './evaluate.js'
import { createSteppers, type Steppers } from './experience.js'
import type { Learner } from './learner.js'
import { stateNow } from './networkState.js'
import { stateBlock } from './passes.js'
import { asking } from './query.js'
import { queryFeeds } from './queryFeeds.js'
import type { Layout } from '../graph/layout.js'
import type { Expr } from '../graph/expr.js'
import { block, input } from '../graph/ops.js'
import { substitute } from '../graph/substitute.js'
import { type Baked, type OnnxModel, toOnnx } from '../interchange/onnx/toOnnx.js'
import type { Reading } from '../interchange/reading.js'
import { savedLayout } from '../interchange/weights.js'

/** See above. */
export interface Trained {
  /** Of `values`: parameters, then what the network keeps. */
  readonly layout: Layout
  /** [layout.size]: what the digest of a result names. */
  readonly values: Float32Array
  /** The strategy that predicts in place of the network, perhaps from tensors of its own. */
  readonly predictor: string | undefined
  /** The strategy that learns before each measurement, on a copy: `values` are without what it learns, `model` is with it. */
  readonly learner: string | undefined
  /**
   * What is measured at test, as a model: `x` [n, inputs], rows of pixels that are divided by the stream's scale, to `logits` of the network
   * or `scores` of the strategy that predicts, [n, outputs], with everything that they read inside. `context` [n] where they need it.
   */
  readonly model: (metadata: Readonly<Record<string, string>>) => Reading<OnnxModel>
}

/** Reads a learner, which stays as it is; the model is what predicts after the phases at queries. */
export const trainedOf = (learner: Learner, steppers: Steppers = createSteppers(learner)): Trained => {
  const { world, place } = learner
  const { network, store } = world
  const params = Float32Array.from(store.read('params'))
  const state = stateNow(world) ?? new Float32Array(0)
  const values = new Float32Array(params.length + state.length)
  values.set(params)
  values.set(state, params.length)
  const predicting = predictorOf(world)
  const predictor = predicting?.name
  // what the host computes for a measurement is fixed from now on
  const fed = (scores: Expr) => {
    const leaves = leavesOf([scores])
    const { values: feeds } = queryFeeds(world, place, predicting, new Set(leaves.map(({ attrs }) => attrs.name)))
    return leaves.flatMap((leaf) => {
      const value = feeds[String(leaf.attrs.name)]
      if (leaf.op.name !== 'input' || value === undefined) return []
      const fixed = typeof value === 'number' ? Float32Array.of(value) : value
      return [{ leaf, block: block(String(leaf.attrs.name), leaf.shape), values: fixed }]
    })
  }
  const scored = (n: number): Expr =>
    scoresOf(world, place, { x: input('x', [n, world.inputs]), context: input('context', [n], 'i32') })
  const outputs = (n: number) => {
    const scores = scored(n)
    const [fixed = scores] = substitute([scores], new Map(fed(scores).map((f) => [f.leaf, f.block])))
    return { [predictor === undefined ? 'logits' : 'scores']: fixed }
  }
  const layoutOf = (name: string, size: number): Pick<Baked, 'layout'> =>
    name === stateBlock && network.state !== undefined
      ? { layout: network.state.layout }
      : size === network.layout.size
        ? { layout: network.layout }
        : {}
  const bakedNow = () => {
    const feeds = new Map(fed(scored(1)).map((f) => [String(f.leaf.attrs.name), f.values]))
    const blocks = leavesOf(Object.values(outputs(1))).filter(({ op }) => op.name === 'block')
    return blocks.map((leaf) => {
      const name = String(leaf.attrs.name)
      const read = feeds.get(name) ?? store.read(name)
      return [name, { values: read, ...layoutOf(name, read.length) }] as const
    })
  }
  const baked = asking(learner, steppers, bakedNow).found ?? bakedNow()
  return {
    layout: savedLayout(network),
    values,
    predictor,
    learner: steppers.sleepers.find(({ phase }) => phase.when.on === 'query')?.strategy.name,
    model: (metadata) => toOnnx({ outputs, batched: 'x', baked: Object.fromEntries(baked), metadata }),
  }
}

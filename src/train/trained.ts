/** What a run has learned, in forms that other systems read. */
import { leavesOf } from './handed.js'
import { scoresOf } from './evaluate.js'
import type { Learner } from './learner.js'
import { stateNow } from './networkState.js'
import { stateBlock } from './passes.js'
import type { Layout } from '../graph/layout.js'
import { input } from '../graph/ops.js'
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
  /**
   * What is measured at test, as a model: `x` [n, inputs], rows of pixels that are divided by the stream's scale, to `logits` of the network
   * or `scores` of the strategy that predicts, [n, outputs], with everything that they read inside. `context` [n] where they need it.
   */
  readonly model: (metadata: Readonly<Record<string, string>>) => Reading<OnnxModel>
}

/** Reads a learner, which stays as it is. */
export const trainedOf = (learner: Learner): Trained => {
  const { world, place } = learner
  const { network, store } = world
  const params = Float32Array.from(store.read('params'))
  const state = stateNow(world) ?? new Float32Array(0)
  const values = new Float32Array(params.length + state.length)
  values.set(params)
  values.set(state, params.length)
  const predictor = world.method.find((s) => s.predict !== undefined)?.name
  const outputs = (n: number) => {
    const scores = scoresOf(world, place, { x: input('x', [n, world.inputs]), context: input('context', [n], 'i32') })
    return { [predictor === undefined ? 'logits' : 'scores']: scores }
  }
  const layoutOf = (name: string, size: number): Pick<Baked, 'layout'> =>
    name === stateBlock && network.state !== undefined
      ? { layout: network.state.layout }
      : size === network.layout.size
        ? { layout: network.layout }
        : {}
  return {
    layout: savedLayout(network),
    values,
    predictor,
    model: (metadata) => {
      const blocks = leavesOf(Object.values(outputs(1))).filter(({ op }) => op.name === 'block')
      const baked = blocks.map((leaf) => {
        const name = String(leaf.attrs.name)
        const read = store.read(name)
        return [name, { values: read, ...layoutOf(name, read.length) }] as const
      })
      return toOnnx({ outputs, batched: 'x', baked: Object.fromEntries(baked), metadata })
    },
  }
}

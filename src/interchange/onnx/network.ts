/** A trained network as an ONNX model. */
import { block, input } from '../../graph/ops.js'
import type { Network } from '../../nn/network.js'
import type { Reading } from '../reading.js'
import { type OnnxModel, toOnnx } from './toOnnx.js'

/** What a network's model is made from. */
export interface NetworkOnnx {
  readonly network: Network
  /** [network.layout.size] */
  readonly params: Float32Array
  /** [network.state.layout.size]: what the network keeps beside its parameters; the initial state when absent. */
  readonly state?: Float32Array
  /** Whether the model is told the context of each row: an input `context` [n] of i32. */
  readonly context?: boolean
  /** Rows of a batch; absent: any number where the graph allows it, else one. */
  readonly rows?: number
  /** Texts about the model. */
  readonly metadata?: Readonly<Record<string, string>>
}

/**
 * A model with input `x` [n, inputs] and output `logits` [n, outputs]: an evaluation, with the parameters inside under the names of the
 * layout. Left names every expression that ONNX has no operators for. Throws on parameters of another number.
 */
export const networkToOnnx = ({ network, params, state, context, rows, metadata }: NetworkOnnx): Reading<OnnxModel> => {
  const { layout, state: kept, inputs } = network
  if (params.length !== layout.size || (state !== undefined && state.length !== kept?.layout.size))
    throw new Error(
      `networkToOnnx: expected ${layout.size} parameters and ${kept?.layout.size ?? 0} values of state, got ${params.length} and ${state?.length ?? 0}`,
    )
  const values = state ?? kept?.initial
  return toOnnx({
    outputs: (n) => {
      const mode = {
        ...(kept === undefined ? {} : { state: block('state', [kept.layout.size]) }),
        ...(context === true ? { context: input('context', [n], 'i32') } : {}),
      }
      return { logits: network.apply(block('params', [layout.size]), input('x', [n, inputs]), mode).logits }
    },
    batched: 'x',
    baked: {
      params: { values: params, layout },
      ...(kept === undefined || values === undefined ? {} : { state: { values, layout: kept.layout } }),
    },
    ...(rows === undefined ? {} : { rows }),
    ...(metadata === undefined ? {} : { metadata }),
  })
}

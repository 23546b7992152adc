/** The probes of a network as numbers, in one call. */
import { compile } from '../compile/program.js'
import { createStore } from '../compile/store.js'
import type { Expr } from '../graph/expr.js'
import { grad } from '../graph/grad.js'
import { block, input, ones } from '../graph/ops.js'
import { topological } from '../graph/topological.js'
import { crossEntropy, weightedMean } from '../nn/loss.js'
import type { Network, Output } from '../nn/network.js'
import { activationStatistics, gradientNorms } from '../nn/probe.js'

/** Rows to probe with, and what the network needs to see them. */
export interface ProbeInput {
  readonly network: Network
  /** [layout.size] */
  readonly params: ArrayLike<number>
  /** `[rows, inputs]`, flat: some hundred to thousands of rows, all at once. */
  readonly x: ArrayLike<number>
  /** `[rows]`: 0 for rows that do not count. Absent: all do. */
  readonly weights?: ArrayLike<number>
  /** `[rows]`: class numbers; with them, gradients are those of the mean cross-entropy. */
  readonly labels?: ArrayLike<number>
  /** Losses of the rows, `[rows]`, in place of the cross-entropy. */
  readonly losses?: (output: Output, x: Expr) => Expr
  /** `[rows]` */
  readonly context?: ArrayLike<number>
  /** [state.layout.size]; absent: the initial state. */
  readonly state?: ArrayLike<number>
}

/** See `ActivationStatistics`. */
export interface LayerProbe {
  readonly name: string
  readonly mean: number
  readonly deviation: number
  readonly zeros: number
  readonly dead: number
  readonly sparsity: number
}

/** Statistics of every hidden layer, and the gradient's length in every layer that learns (none without labels or losses). */
export interface NetworkProbe {
  readonly layers: readonly LayerProbe[]
  readonly gradients: readonly { readonly name: string; readonly norm: number }[]
}

/**
 * Runs an evaluation pass over all rows and reads the probes of `src/nn/probe.ts`. Throws when sizes do not match: parameters with the layout,
 * rows with inputs, and one label, weight and context a row; and on labels that are no outputs.
 */
export const probeNetwork = (given: ProbeInput): NetworkProbe => {
  const { network, labels, losses } = given
  const rows = given.x.length / network.inputs
  if (!Number.isInteger(rows) || rows < 1)
    throw new Error(`probeNetwork: x must hold rows of ${network.inputs} inputs, got ${given.x.length} numbers`)
  const store = createStore()
  const feed: Record<string, ArrayLike<number>> = { x: given.x }
  const fed = (name: string, values: ArrayLike<number> | undefined, dtype: 'f32' | 'i32'): Expr | undefined => {
    if (values === undefined) return undefined
    if (values.length !== rows)
      throw new Error(`probeNetwork: ${name} must be one number for each of ${rows} rows, got ${values.length}`)
    feed[name] = values
    return input(name, [rows], dtype)
  }
  const resident = (name: string, values: ArrayLike<number>, size: number): Expr => {
    if (values.length !== size) throw new Error(`probeNetwork: ${name} must be ${size} numbers, got ${values.length}`)
    store.block(name, [size])
    store.write(name, values)
    return block(name, [size])
  }
  const params = resident('params', given.params, network.layout.size)
  const kept = given.state ?? network.state?.initial
  const state = kept === undefined ? undefined : resident('state', kept, network.state?.layout.size ?? 0)
  const wrong = Array.from(labels ?? []).find(
    (label) => !Number.isInteger(label) || label < 0 || label >= network.outputs,
  )
  if (wrong !== undefined && losses === undefined)
    throw new Error(`probeNetwork: labels must be whole numbers from 0, below ${network.outputs}, got ${wrong}`)
  const weights = fed('weights', given.weights, 'f32')
  const context = fed('context', given.context, 'i32')
  const target = fed('labels', labels, 'i32')
  const x = input('x', [rows, network.inputs])
  const output = network.apply(params, x, { state, context })

  const each = losses?.(output, x) ?? (target === undefined ? undefined : crossEntropy(output.logits, target))
  const loss = each === undefined ? undefined : weightedMean(each, weights ?? ones([rows]))
  const gradients = loss === undefined ? [] : gradientNorms(network.layout, grad(loss, params))
  const layers = activationStatistics(output, weights)

  const outputs: Record<string, Expr> = {}
  layers.forEach(({ name: _, ...s }, i) => {
    for (const [statistic, e] of Object.entries(s)) outputs[`${statistic} ${i}`] = e
  })
  gradients.forEach(({ norm }, i) => {
    outputs[`gradient ${i}`] = norm
  })
  const program = compile({ updates: {}, outputs }, store)
  // a network without contexts reads none, and one without hidden layers reads nothing at all where there is no loss
  const inputs = new Set(topological(Object.values(outputs)).map(({ attrs }) => attrs.name))
  program.run(Object.fromEntries(Object.entries(feed).filter(([name]) => inputs.has(name))))
  const read = (name: string): number => program.scalar(name)
  const probe = {
    layers: layers.map(({ name }, i) => ({
      name,
      mean: read(`mean ${i}`),
      deviation: read(`deviation ${i}`),
      zeros: read(`zeros ${i}`),
      dead: read(`dead ${i}`),
      sparsity: read(`sparsity ${i}`),
    })),
    gradients: gradients.map(({ name }, i) => ({ name, norm: read(`gradient ${i}`) })),
  }
  program.dispose()
  return probe
}

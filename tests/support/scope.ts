/** Hand-made scopes: what a hook sees, without the engine, on a linear network with 2 inputs and 2 outputs. */
import { type Env, evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { input, zeros } from '../../src/graph/ops.js'
import { crossEntropy, weightedMean } from '../../src/nn/loss.js'
import { mlp } from '../../src/nn/mlp.js'
import type { AnyBatch, AnyContext, AnyPhase, AnyStrategy } from '../../src/strategy/anyStrategy.js'

const network = mlp({ inputs: 2, hidden: [], outputs: 2, initialiser: 'pytorch' })

/** Parameters of the network: a weight [2, 2] and a bias [2]. */
export const size = network.layout.size

/** A batch with room for `n` rows; its inputs are `name/x`, `name/y` and `name/weights`. */
export const batchOf = (name: string, n: number, columns: AnyBatch['columns'] = {}): AnyBatch => ({
  n,
  x: input(`${name}/x`, [n, 2]),
  y: input(`${name}/y`, [n], 'i32'),
  weights: input(`${name}/weights`, [n]),
  columns,
})

/** A scope in which `experience` experiences are finished; parameters are the input `params`. */
export const scopeOf = (experience: number, changes: Partial<AnyContext> = {}): AnyContext => {
  const params = input('params', [size])
  return {
    network,
    params,
    rate: 0.25,
    tensors: {},
    feeds: {},
    batches: {},
    dims: {
      outputs: 2,
      inputs: 2,
      height: 1,
      width: 2,
      features: 2,
      layout: network.layout,
      experience,
      active: [0, 1],
    },
    losses: (logits, labels) => crossEntropy(logits, labels),
    mean: (values, batch) => weightedMean(values, batch.weights),
    gradient: zeros(params.shape),
    after: params,
    ...changes,
  }
}

/** A phase of a strategy by its name. */
export const phaseOf = (strategy: AnyStrategy, name: string): AnyPhase => {
  const phase = strategy.phases?.find((p) => p.name === name)
  if (phase === undefined) throw new Error(`no phase '${name}'`)
  return phase
}

/** Numbers of an expression in f64; throws when a hook returned none. */
export const valuesOf = (e: Expr | undefined, env: Env = {}): readonly number[] => {
  if (e === undefined) throw new Error('there is no expression')
  return [...(evaluate([e], env, 'f64')[0] ?? [])]
}

/** The one number of a scalar. */
export const valueOf = (e: Expr | undefined, env: Env = {}): number => valuesOf(e, env)[0] ?? Number.NaN

/** The largest difference of two lists, relative to the largest wanted number; infinite when they cannot be compared. */
export const worst = (found: readonly number[], wanted: readonly number[]): number => {
  const scale = Math.max(...wanted.map(Math.abs))
  return found.length === wanted.length && scale > 0
    ? Math.max(...found.map((x, i) => Math.abs(x - (wanted[i] ?? 0)))) / scale
    : Number.POSITIVE_INFINITY
}

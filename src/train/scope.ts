/** Builds what hooks see. What a strategy has no right to is not there. */
import { block, input, rows } from '../graph/ops.js'
import type { Expr } from '../graph/expr.js'
import { crossEntropy, weightedMean } from '../nn/loss.js'
import type { AnyBatch, AnyContext, AnyStrategy } from '../strategy/anyStrategy.js'
import type { Losses, Rowed } from '../strategy/scope.js'
import { batchExpr } from './batch.js'
import type { Source } from './source.js'
import { tensorExprs } from './tensors.js'
import { dimsFor, type Place, type World } from './world.js'

/** Name of the block that says which outputs compete in which context, [contexts, outputs]. */
export const activeBlock = 'active'

/** Batches of one step; it alone knows which context each row belongs to. */
export interface Batches {
  readonly make: (name: string, n: number, source: Source, strategy: Pick<AnyStrategy, 'rights'>) => AnyBatch
  readonly losses: Losses
  /** Leaves that losses read beside the batches: contexts of rows and the outputs that compete, where the loss needs them. */
  readonly hidden: ReadonlySet<Expr>
}

/** The batches of a step and the scenario's loss over them. */
export const createBatches = (w: World): Batches => {
  const contexts = new Map<Rowed, Expr>()
  const hidden = new Set<Expr>()
  return {
    make: (name, n, source, strategy) => {
      const { batch, context } = batchExpr(w, name, n, source, strategy)
      contexts.set(batch, context)
      return batch
    },
    losses: (logits, labels, batch) => {
      const context = contexts.get(batch)
      if (context === undefined) throw new Error('losses: the third argument must be a batch of this step')
      if (w.masks === undefined) return crossEntropy(logits, labels)
      const table = block(activeBlock, [w.masks.length, w.outputs])
      hidden.add(table).add(context)
      return crossEntropy(logits, labels, rows(table, context))
    },
    hidden,
  }
}

/** Name of the input of a feed. */
export const feedInput = (strategy: string, feed: string): string => `feed/${strategy}/${feed}`

/** What every hook of a strategy sees. `drawn`: its batches by draw. */
export const scopeFor = (
  w: World,
  place: Place,
  s: AnyStrategy,
  batches: Batches,
  drawn: Readonly<Record<string, AnyBatch>>,
): AnyContext => {
  const dims = dimsFor(w, place, s)
  return {
    network: w.network,
    params: block('params', [w.network.layout.size]),
    rate: w.rate,
    tensors: tensorExprs(w, place, s),
    feeds: Object.fromEntries(
      Object.entries(s.feeds ?? {}).map(([name, f]) => [name, input(feedInput(s.name, name), f.shape(dims))]),
    ),
    batches: drawn,
    dims,
    losses: batches.losses,
    mean: (values, batch) => weightedMean(values, batch.weights),
  }
}

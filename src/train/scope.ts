/** Builds what hooks see. What a strategy has no right to is not there. */
import { block, broadcast, input, mul, rows } from '../graph/ops.js'
import type { Expr } from '../graph/expr.js'
import { crossEntropy, weightedMean } from '../nn/loss.js'
import type { AnyBatch, AnyContext, AnyStrategy } from '../strategy/anyStrategy.js'
import type { Losses, Rowed } from '../strategy/scope.js'
import { batchExpr } from './batch.js'
import { leavesOf } from './handed.js'
import { createPasses, type Passes, type Rows } from './passes.js'
import type { Source } from './source.js'
import { tensorExprs } from './tensors.js'
import { dimsFor, type Place, type World } from './world.js'

/** Name of the block that says which outputs compete in which context, [contexts, outputs]. */
export const activeBlock = 'active'

/** Batches of one step; it alone knows which context each row belongs to. */
export interface Batches {
  readonly make: (name: string, n: number, source: Source, strategy: Pick<AnyStrategy, 'rights'>) => AnyBatch
  readonly losses: Losses
  /** Forward passes over them. */
  readonly passes: Passes
  /**
   * Leaves that losses and passes read beside the batches: contexts of rows and the outputs that compete, where the loss needs them; the
   * key and the state of the network, where it has them.
   */
  readonly hidden: ReadonlySet<Expr>
}

/** The batches of a step and the scenario's loss over them. */
export const createBatches = (w: World): Batches => {
  const contexts = new Map<Rowed, Expr>()
  const byX = new Map<Expr, Rows>()
  const byLeaf = new Map<Expr, Rows>()
  const passes = createPasses(w, { of: (x) => byX.get(x), reading: (leaf) => byLeaf.get(leaf) })
  const hidden = new Set<Expr>(passes.leaves)
  return {
    make: (name, n, source, strategy) => {
      const { batch, context } = batchExpr(w, name, n, source, strategy)
      const rowsOf = { name, n, weights: batch.weights }
      contexts.set(batch, context)
      byX.set(batch.x, rowsOf)
      for (const leaf of leavesOf([batch.x])) if (leaf.op.name === 'input') byLeaf.set(leaf, rowsOf)
      return batch
    },
    passes,
    losses: (logits, labels, batch, among) => {
      const context = contexts.get(batch)
      if (context === undefined) throw new Error('losses: the third argument must be a batch of this step')
      const every = among === undefined || among.shape.length === 2 ? among : broadcast(among, [batch.n, w.outputs])
      if (w.masks === undefined) return crossEntropy(logits, labels, every)
      const table = block(activeBlock, [w.masks.length, w.outputs])
      hidden.add(table).add(context)
      const own = rows(table, context)
      return crossEntropy(logits, labels, every === undefined ? own : mul(own, every))
    },
    hidden,
  }
}

/** Name of the input of a feed. */
export const feedInput = (strategy: string, feed: string): string => `feed/${strategy}/${feed}`

/** The feeds of a strategy as expressions. */
export const feedExprs = (w: World, place: Place, s: AnyStrategy): Readonly<Record<string, Expr>> => {
  const dims = dimsFor(w, place, s)
  return Object.fromEntries(
    Object.entries(s.feeds ?? {}).map(([name, f]) => [name, input(feedInput(s.name, name), f.shape(dims))]),
  )
}

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
    network: batches.passes.evaluating,
    params: block('params', [w.network.layout.size]),
    rate: w.rate,
    tensors: tensorExprs(w, place, s),
    feeds: feedExprs(w, place, s),
    batches: drawn,
    dims,
    losses: batches.losses,
    mean: (values, batch) => weightedMean(values, batch.weights),
  }
}

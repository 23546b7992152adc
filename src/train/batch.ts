/** A batch in a program: inputs that name its rows, and the expressions that hooks see. */
import type { Expr } from '../graph/expr.js'
import { block, div, input, rows } from '../graph/ops.js'
import type { AnyBatch, AnyStrategy } from '../strategy/anyStrategy.js'
import type { Source } from './source.js'
import type { World } from './world.js'

/** Host side: typed arrays that are filled before each run, under the names of the inputs. */
export interface BatchFeed {
  readonly n: number
  readonly slots: Int32Array
  readonly labels: Int32Array
  readonly contexts: Int32Array
  readonly weights: Float32Array
}

/** Arrays for a batch of `n` rows. */
export const batchFeed = (n: number): BatchFeed => ({
  n,
  slots: new Int32Array(n),
  labels: new Int32Array(n),
  contexts: new Int32Array(n),
  weights: new Float32Array(n),
})

/** Names the inputs of the batch `name`. */
export const feedNames = (name: string, feed: BatchFeed): Readonly<Record<string, ArrayLike<number>>> => ({
  [`${name}/slots`]: feed.slots,
  [`${name}/labels`]: feed.labels,
  [`${name}/contexts`]: feed.contexts,
  [`${name}/weights`]: feed.weights,
})

/** Fills a batch with the first `count` of `picked`; the rest repeats the first row with weight 0. */
export const fill = (feed: BatchFeed, source: Source, picked: Int32Array, count: number): void => {
  for (let i = 0; i < feed.n; i++) {
    const slot = picked[i < count ? i : 0]!
    feed.slots[i] = slot
    feed.labels[i] = source.labels[slot]!
    feed.contexts[i] = source.contexts[slot]!
    feed.weights[i] = i < count ? 1 : 0
  }
}

/** The expressions of the batch `name` of `n` rows, and the context of each row for the engine's own use. */
export const batchExpr = (
  w: World,
  name: string,
  n: number,
  source: Source,
  { rights }: Pick<AnyStrategy, 'rights'>,
): { readonly batch: AnyBatch; readonly context: Expr } => {
  const slots = input(`${name}/slots`, [n], 'i32')
  const context = input(`${name}/contexts`, [n], 'i32')
  const table = block(source.block, [source.capacity, w.inputs], 'u8')
  const columns = Object.entries(source.columns).map(([column, c]): readonly [string, Expr] => [
    column,
    rows(block(c.block, [source.capacity, c.width]), slots),
  ])
  const batch: AnyBatch = {
    n,
    x: div(rows(table, slots), w.scale),
    y: input(`${name}/labels`, [n], 'i32'),
    weights: input(`${name}/weights`, [n]),
    columns: Object.fromEntries(columns),
    ...(rights.context === true ? { context } : {}),
  }
  return { batch, context }
}

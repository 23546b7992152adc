import type { Key } from '../random/key.js'
import { createGroupPasses } from '../memory/groupPasses.js'
import { createPasses } from '../memory/passes.js'
import type { Benchmark } from './benchmark.js'

/** Row numbers of the batch of step `index` of an experience. */
export type BatchOrder = (index: number) => Int32Array

/** Steps on an experience of `size` rows. */
export const stepsOn = ({ batch, iterations, epochs = 1 }: Benchmark['training'], size: number): number =>
  iterations ?? epochs * Math.ceil(size / batch)

/** Rows in the batches of an experience: `batch`, fewer when there are fewer rows, or ceil(batch / contexts) of each context. */
export const batchRows = (batch: number, contexts: number): number => Math.ceil(batch / contexts) * contexts

/** Shuffled passes over the rows of an experience without replacement; `rest`: what becomes of a last batch that is not full. */
export const shuffledBatches = (key: Key, size: number, batch: number, rest: 'drop' | 'keep'): BatchOrder => {
  const passes = createPasses(rest)
  return (index) => passes(key, size, batch, index)
}

/**
 * Batches with ceil(batch / contexts) rows of every context, each context in shuffled passes of its own.
 * @source joint training in task-incremental streams, code of van de Ven, Tuytelaars & Tolias 2022: 26 of each of 5 for 128.
 */
export const balancedBatches = (key: Key, contexts: Int32Array, count: number, batch: number): BatchOrder => {
  const passes = createGroupPasses()
  return (index) => passes(key, contexts, Math.ceil(batch / count), index)
}

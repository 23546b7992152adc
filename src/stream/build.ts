import * as E from 'fp-ts/lib/Either.js'
import type { NonEmptyArray } from 'fp-ts/lib/NonEmptyArray.js'
import type { Problem } from '../codec/problem.js'
import type { Dataset } from '../data/dataset.js'
import { classesInOrder } from './classOrder.js'
import type { Distribution, Part } from './distribution.js'
import { permuted } from './permuted.js'
import { rotated } from './rotated.js'
import type { Scenario } from './scenario.js'
import { split } from './split.js'
import type { LabelledRows, Reveals, Stream } from './stream.js'

const distributions = (
  { contexts }: Scenario,
  data: Dataset,
  seed: number,
): E.Either<NonEmptyArray<Problem>, readonly Distribution[]> => {
  if (contexts.kind === 'permuted') return E.right(permuted(data, { ...contexts, seed }))
  if (contexts.kind === 'rotated') return E.right(rotated(data, contexts.angles, seed, contexts.interpolation))
  const order = classesInOrder(contexts.order, data.classes, seed)
  if (order !== undefined) return E.right(split(order, contexts.classesPerContext))
  return E.left([{ path: 'contexts.order.table', expected: `a class order for seed ${seed}`, got: 'none' }])
}

const revealed = ({ incremental, reveals }: Scenario): Reveals => ({
  boundary: reveals.boundary ?? true,
  context: reveals.context ?? true,
  testContext: incremental === 'task',
})

const labelled = ({ size, make }: Part, context: number, firstOutput: number): LabelledRows => {
  const { pixels, labels } = make()
  const outputs = Int32Array.from(labels, (label) => firstOutput + label)
  return { size, pixels, labels: outputs, contexts: new Int32Array(size).fill(context) }
}

/**
 * The stream of a scenario for one seed: one experience per context, in order. Outputs: domain-incremental contexts share
 * theirs; otherwise each context has its own, numbered in order. Only with `task` are a context's active outputs fewer
 * than all. Left when the data set is another than the scenario's, or when the class table refuses the seed.
 */
export const buildStream = (
  scenario: Scenario,
  data: Dataset,
  seed: number,
): E.Either<NonEmptyArray<Problem>, Stream> => {
  if (data.name !== scenario.dataset) {
    return E.left([{ path: 'dataset', expected: `the data set ${data.name}`, got: scenario.dataset }])
  }
  const made = distributions(scenario, data, seed)
  if (E.isLeft(made)) return made
  const kind = scenario.incremental
  const each = made.right[0]?.classes ?? 0
  const outputs = kind === 'domain' ? each : each * made.right.length
  const firstOutput = (context: number): number => (kind === 'domain' ? 0 : context * each)
  const all = Array.from({ length: outputs }, (_, i) => i)
  return E.right({
    name: scenario.name,
    kind,
    height: data.height,
    width: data.width,
    inputs: data.width * data.height,
    outputs,
    scale: data.scale,
    reveals: revealed(scenario),
    experiences: made.right.map(({ of }, context) => {
      const part = of(data.train)
      return { context, size: part.size, load: () => labelled(part, context, firstOutput(context)) }
    }),
    contexts: made.right.map(({ name, of }, context) => {
      const part = of(data.test)
      const own = all.slice(firstOutput(context), firstOutput(context) + each)
      return {
        name,
        active: kind === 'task' ? own : all,
        own,
        testSize: part.size,
        test: () => labelled(part, context, firstOutput(context)),
      }
    }),
  })
}

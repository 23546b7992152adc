/** Whether the checks that users get notice a fault. */
import type { Primitive } from '../../src/graph/expr.js'
import { compareGradients } from '../../src/testing/compareGradients.js'
import type { ArgumentSpec } from '../../src/testing/argument.js'
import { input } from '../../src/graph/ops.js'
import { promiseGap } from '../support/derivatives.js'
import type { Case } from './cases.js'
import type { Mutant } from './mutants.js'

/** Whether a case is found right, at a smooth point and at a point full of kinks. */
const passes = ({ of }: Case, point: readonly ArgumentSpec[], primitive: Primitive): boolean =>
  (['consistency', 'differences'] as const).every(
    (check) =>
      compareGradients(of(primitive), point, { only: [check], entries: 40, directions: 3 }).faults.length === 0,
  )

/** What a promise must be beside smooth: the value at its base, and off kinks, where nothing is declared, the value nearby. */
const promiseHolds = (
  { of, seed }: Case,
  point: readonly ArgumentSpec[],
  by: number,
  primitive: Primitive,
): boolean => {
  const leaves = point.map((a) => input(a.name ?? '', a.shape, a.below === undefined ? 'f32' : a.dtype))
  const env = Object.fromEntries(point.map((a) => [a.name ?? '', Float64Array.from(a.values ?? [])]))
  const moving = leaves.filter((leaf, i) => leaf.dtype === 'f32' && point[i]?.fixed !== true)
  return promiseGap({ ys: [of(primitive)(...leaves)], leaves: moving, env }, by, seed) < 1e-9
}

/** Whether a primitive is found right in a case. */
export const isRight = (one: Case, primitive: Primitive): boolean =>
  [one.smooth, ...one.kinks].every(
    (point) => passes(one, point, primitive) && promiseHolds(one, point, 0, primitive),
  ) &&
  (primitive.declares === true || promiseHolds(one, one.smooth, 1e-4, primitive))

/** Whether one of the first `count` cases of a mutant gives it away. */
export const isKilled = ({ cases, faulty }: Mutant, count = cases.length): boolean =>
  cases.slice(0, count).some((one) => !isRight(one, faulty))

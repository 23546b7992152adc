/**
 * A schedule is a part that multiplies the rate by a factor it computes from resident scalars, so that nothing is fed at a step and
 * no power is taken. Several schedules multiply. Counters are f32: exact up to 2^24 steps, where they stand still.
 */
import type { Expr } from '../../graph/expr.js'
import { add, flush, mul } from '../../graph/ops.js'
import { oneOfNames, type Rule } from '../../graph/options.js'
import { type AtBoundary, oneNumber, type SlotValues } from '../optimiser.js'
import type { Transform } from '../transform.js'

/** What every schedule is told. */
export interface ScheduleOptions {
  /** Whether it goes on or begins again when an experience ends. */
  readonly boundary: AtBoundary
}

/** Factor of the rate at a step, a scalar, and the resident scalars after it. */
export interface Factor {
  readonly factor: Expr
  readonly slots: SlotValues
}

/** What `boundary` may be. */
export const boundaryRule: Rule = oneOfNames(['keep', 'reset'])

/** A schedule called `name` with resident scalars that start from `initial`. */
export const scheduled = (
  name: string,
  { boundary }: ScheduleOptions,
  initial: Readonly<Record<string, number>>,
  factorOf: (slots: SlotValues) => Factor,
): Transform => ({
  name,
  slots: Object.entries(initial).map(([slot, init]) => ({ name: slot, shape: oneNumber, init, boundary })),
  apply: ({ rate, slots }) => {
    const { factor, slots: after } = factorOf(slots)
    return { rate: mul(rate, factor), slots: after }
  },
})

/** A counter after one more step. */
export const counted = (step: Expr): Expr => add(step, 1)

/** Factors below 2^-60 are 0: no step would show them, and products with gradients would be denormal. */
const factorFloor = 2 ** -60

/** A running product after one more factor; below 2^-60 it is 0. */
export const lowered = (gamma: number, product: Expr): Expr => flush(mul(gamma, product), factorFloor)

/** The rate falls as one over time. */
import { add, div, mul } from '../../graph/ops.js'
import { assertOptions, nonNegative } from '../../graph/options.js'
import { slotOf } from '../optimiser.js'
import type { Transform } from '../transform.js'
import { boundaryRule, counted, scheduled, type ScheduleOptions } from './scheduled.js'

/** Options of the 1/t schedule. */
export interface InverseTimeOptions extends ScheduleOptions {
  /** Per step: after 1/decay steps the rate is halved. */
  readonly decay: number
}

/**
 * Factor `1 / (1 + decay · t)` at step t = 0, 1, …. Throws on a decay below 0.
 * @source Robbins & Monro 1951: rates whose sum is infinite and whose squares have a finite sum.
 */
export const inverseTime = (options: InverseTimeOptions): Transform => {
  assertOptions('inverseTime', options, { decay: nonNegative, boundary: boundaryRule })
  const { decay } = options
  return scheduled('inverseTime', options, { step: 0 }, (slots) => {
    const t = slotOf(slots, 'step')
    return { factor: div(1, add(1, mul(decay, t))), slots: { step: counted(t) } }
  })
}

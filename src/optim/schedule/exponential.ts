/** The rate falls by the same share at every step. */
import { assertOptions, fraction } from '../../graph/options.js'
import { slotOf } from '../optimiser.js'
import type { Transform } from '../transform.js'
import { boundaryRule, lowered, scheduled, type ScheduleOptions } from './scheduled.js'

/** Options of the exponential schedule. */
export interface ExponentialOptions extends ScheduleOptions {
  /** What each step multiplies the factor by, 0 to 1. */
  readonly gamma: number
}

/** Factor `γ^t` at step t = 0, 1, …, as a running product. Throws on a γ outside [0, 1]. */
export const exponential = (options: ExponentialOptions): Transform => {
  assertOptions('exponential', options, { gamma: fraction, boundary: boundaryRule })
  const { gamma } = options
  return scheduled('exponential', options, { factor: 1 }, (slots) => {
    const factor = slotOf(slots, 'factor')
    return { factor, slots: { factor: lowered(gamma, factor) } }
  })
}

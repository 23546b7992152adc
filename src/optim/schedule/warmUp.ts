/** The rate rises linearly to its full size. */
import { div, selectGreater } from '../../graph/ops.js'
import { assertOptions, wholeSteps } from '../../graph/options.js'
import { slotOf } from '../optimiser.js'
import type { Transform } from '../transform.js'
import { boundaryRule, counted, scheduled, type ScheduleOptions } from './scheduled.js'

/** Options of the warm-up. */
export interface WarmUpOptions extends ScheduleOptions {
  /** Steps until the rate is whole. */
  readonly steps: number
}

/**
 * Factor `min(1, (t + 1) / steps)` at step t = 0, 1, …: 1/steps first, exactly 1 from step `steps` − 1 on. Schedules beside it run
 * from the first step too. Throws on a number of steps that is none.
 * @source Goyal et al. 2017, section 2.2, gradual warm-up.
 */
export const warmUp = (options: WarmUpOptions): Transform => {
  assertOptions('warmUp', options, { steps: wholeSteps, boundary: boundaryRule })
  const { steps } = options
  return scheduled('warmUp', options, { step: 0 }, (slots) => {
    const next = counted(slotOf(slots, 'step'))
    return { factor: selectGreater(steps, next, div(next, steps), 1), slots: { step: next } }
  })
}

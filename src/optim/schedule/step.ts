/** The rate falls in steps. */
import { selectGreater } from '../../graph/ops.js'
import { assertOptions, fraction, wholeSteps } from '../../graph/options.js'
import { slotOf } from '../optimiser.js'
import type { Transform } from '../transform.js'
import { boundaryRule, counted, lowered, scheduled, type ScheduleOptions } from './scheduled.js'

/** Options of the schedule in steps. */
export interface StepOptions extends ScheduleOptions {
  /** Steps of the optimiser between two falls. */
  readonly every: number
  /** What a fall multiplies the factor by, 0 to 1. */
  readonly gamma: number
}

/** Factor `γ^⌊t/every⌋` at step t = 0, 1, …, as a running product. Throws on an `every` that is no number of steps and a γ outside [0, 1]. */
export const step = (options: StepOptions): Transform => {
  assertOptions('step', options, { every: wholeSteps, gamma: fraction, boundary: boundaryRule })
  const { every, gamma } = options
  return scheduled('step', options, { since: 0, factor: 1 }, (slots) => {
    const factor = slotOf(slots, 'factor')
    const since = counted(slotOf(slots, 'since'))
    return {
      factor,
      slots: {
        since: selectGreater(every, since, since, 0),
        factor: selectGreater(every, since, factor, lowered(gamma, factor)),
      },
    }
  })
}

/** The rate falls along half a cosine, once or again and again. */
import { cos, div, minimum, mul, selectGreater, sub } from '../../graph/ops.js'
import { assertOptions, fraction, wholeSteps, type Rule } from '../../graph/options.js'
import { slotOf } from '../optimiser.js'
import type { Transform } from '../transform.js'
import { boundaryRule, counted, scheduled, type ScheduleOptions } from './scheduled.js'

/** Options of the cosine schedule. */
export interface CosineOptions extends ScheduleOptions {
  /** Steps of the first period, T₀. */
  readonly steps: number
  /** Of the rate, at the end of a period: η_min/η_max. */
  readonly least: number
  /** Length of each period over the one before, T_mult, from 1; absent: no restarts, the rate stays at its least. */
  readonly restarts?: number
}

const multiple: Rule = {
  expected: 'a number from 1',
  accepts: (v) => typeof v === 'number' && Number.isFinite(v) && v >= 1,
  optional: true,
}

/**
 * Factor `1 − (1 − least) · (1 − cos(π·t/T)) / 2`, t steps after the last restart in a period of T steps: exactly 1 at t = 0, `least` at
 * t = T. With restarts the step t = T is t = 0 of the next period and T is multiplied. Throws on options that are not such numbers.
 * @source Loshchilov & Hutter 2017 (SGDR), eq. 5, one step of the optimiser as the unit of time.
 */
export const cosine = (options: CosineOptions): Transform => {
  assertOptions('cosine', options, { steps: wholeSteps, least: fraction, restarts: multiple, boundary: boundaryRule })
  const { steps, least, restarts } = options
  return scheduled('cosine', options, { since: 0, period: steps }, (slots) => {
    const [since, period] = [slotOf(slots, 'since'), slotOf(slots, 'period')]
    const fallen = div(sub(1, cos(mul(Math.PI, div(since, period)))), 2)
    const next = counted(since)
    return {
      factor: sub(1, mul(1 - least, fallen)),
      slots:
        restarts === undefined
          ? { since: minimum(next, period) }
          : {
              since: selectGreater(period, next, next, 0),
              period: selectGreater(period, next, period, mul(restarts, period)),
            },
    }
  })
}

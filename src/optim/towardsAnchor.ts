/** Decay towards an anchor instead of towards zero. */
import { add, flush, mul, sub } from '../graph/ops.js'
import { assertOptions, nonNegative, oneOfNames } from '../graph/options.js'
import { cotangentFloor } from '../graph/primitives/flush.js'
import { perParameter, slotOf } from './optimiser.js'
import type { Transform } from './transform.js'

/** Options of the decay towards an anchor. */
export interface AnchorOptions {
  readonly strength: number
  /** The parameters at the start of the run, or at its last boundary. They are a slot of the optimiser. */
  readonly anchor: 'start' | 'boundary'
  /** In the gradient, where moments see it, or beside it. */
  readonly form: 'coupled' | 'decoupled'
}

/**
 * With λ the `strength` and a the anchor, coupled: `g ← g + λ·(θ − a)`, the gradient of λ/2·‖θ − a‖²; decoupled: `θ ← θ − rate·λ·(θ − a)`
 * before the step. Pulls below 2^-60 are flushed, as cotangents are. Throws on a strength below 0 and on unknown names.
 * @source Li, Grandvalet & Davoine 2018 (L2-SP, eq. 2), Kumar, Marklund & Van Roy 2023 (L2 Init; its λ is half of this one).
 */
export const towardsAnchor = (options: AnchorOptions): Transform => {
  assertOptions('towardsAnchor', options, {
    strength: nonNegative,
    anchor: oneOfNames(['start', 'boundary']),
    form: oneOfNames(['coupled', 'decoupled']),
  })
  const { strength, anchor, form } = options
  return {
    name: 'towardsAnchor',
    slots: [{ name: 'anchor', shape: perParameter, init: 'params', boundary: anchor === 'start' ? 'keep' : 'reset' }],
    apply: ({ gradient, params, rate, slots }) => {
      const away = sub(params, slotOf(slots, 'anchor'))
      return form === 'coupled'
        ? { gradient: add(gradient, flush(mul(strength, away), cotangentFloor)) }
        : { params: sub(params, flush(mul(mul(rate, strength), away), cotangentFloor)) }
    },
  }
}

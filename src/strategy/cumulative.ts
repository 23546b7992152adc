import { closed } from '../codec/closed.js'
import { oneOf } from '../codec/oneOf.js'
import { withDefault } from '../codec/optional.js'
import { plugin } from './plugin.js'
import type { Uses } from './slots.js'
import type { Strategy } from './strategy.js'

/** A network that begins anew when an experience does, the first included; the optimiser's state too. */
const restart: Strategy<Uses<{ rights: 'boundary' }>> = {
  name: 'cumulative',
  rights: { boundary: true },
  phases: [{ name: 'restart', when: { on: 'start' }, network: 'fresh', steps: 0 }],
}

/**
 * Training on all rows so far in each experience: what is lost here is not lost for want of old rows. Each experience has as many
 * steps, or passes over its rows, as its contexts have together.
 */
export const cumulative = plugin({
  name: 'cumulative',
  sources: [
    {
      paper: 'Hess, Tuytelaars & van de Ven 2023',
      equation: '-',
      variant: 'incremental joint training: every experience adds its rows to those of all before',
    },
  ],
  options: closed('options of cumulative', {
    /** `kept`: learning goes on from where the last experience ended; `fresh`: from initial values at each. */
    parameters: withDefault(oneOf(['kept', 'fresh']), 'kept'),
  }),
  stream: 'cumulative',
  make: ({ parameters }) => (parameters === 'fresh' ? [restart] : []),
})

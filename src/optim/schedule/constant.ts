/** No schedule. */
import type { Transform } from '../transform.js'

/** Factor 1 at every step: the rate is left alone, to the bit. */
export const constant = (): Transform => ({ name: 'constant', slots: [], apply: () => ({}) })

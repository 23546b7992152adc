/** LeCun, Bottou, Orr & Müller 1998, "Efficient BackProp", section 4.6. */
import { spread, within, zeroBias } from './initialiser.js'

/** Equation 16: weights normal with variance 1/fanIn, biases 0. */
export const lecun = zeroBias((fill) => spread(fill, Math.sqrt(1 / fill.fanIn)))

/** The same variance, uniform: weights in ±√(3/fanIn), biases 0. */
export const lecunUniform = zeroBias((fill) => within(fill, Math.sqrt(3 / fill.fanIn)))

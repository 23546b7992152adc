/** Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks". */
import { spread, within, zeroBias } from './initialiser.js'

/** Equation 16: weights uniform in ±√(6/(fanIn + fanOut)), biases 0. Also known as Xavier. */
export const glorot = zeroBias((fill) => within(fill, Math.sqrt(6 / (fill.fanIn + fill.fanOut))))

/** Weights normal with the variance of equation 12, 2/(fanIn + fanOut), biases 0. */
export const glorotNormal = zeroBias((fill) => spread(fill, Math.sqrt(2 / (fill.fanIn + fill.fanOut))))

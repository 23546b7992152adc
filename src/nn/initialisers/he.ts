/** He et al. 2015 (arXiv:1502.01852), for layers before ReLU: the variance that a ReLU halves is doubled. Also known as Kaiming. */
import { spread, within, zeroBias } from './initialiser.js'

/** Equation 10: weights normal with variance 2/fanIn, biases 0. */
export const he = zeroBias((fill) => spread(fill, Math.sqrt(2 / fill.fanIn)))

/** The same variance, uniform: weights in ±√(6/fanIn), biases 0. */
export const heUniform = zeroBias((fill) => within(fill, Math.sqrt(6 / fill.fanIn)))

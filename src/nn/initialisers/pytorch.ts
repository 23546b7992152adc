/** PyTorch's default for layers. */
import { type Initialiser, within } from './initialiser.js'

/**
 * Uniform in ±1/√fanIn, for weights and biases: what `torch.nn.Linear` and `torch.nn.Conv2d` start from
 * (`kaiming_uniform_` with a = √5, which comes to this bound).
 */
export const pytorch: Initialiser = (fill) => within(fill, 1 / Math.sqrt(fill.fanIn))

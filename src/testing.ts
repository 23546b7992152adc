/** `engram/testing`: what the tests of a strategy, or of any expression and its gradient, need. */
export { type Env, evaluate } from './graph/evaluate.js'
export { block, input } from './graph/ops.js'
export { checkGradient, type GradientReport } from './testing/checkGradient.js'
export { checkStrategy, type TermReport } from './testing/checkStrategy.js'

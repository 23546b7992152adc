/** `engram/testing`: what a strategy's own tests need. */
export { checkGradient, type GradientReport } from './testing/checkGradient.js'
export { checkStrategy, type TermReport } from './testing/checkStrategy.js'

/** `engram/testing`: what the tests of a strategy, or of any expression and its gradient, need. */
export { type Env, evaluate } from './graph/evaluate.js'
export { block, input } from './graph/ops.js'
export { checkStrategy, type TermReport } from './testing/checkStrategy.js'

// gradients of one's own functions
export type { Argument, ArgumentSpec } from './testing/argument.js'
export { checkGradients } from './testing/checkGradients.js'
export { compareGradients } from './testing/compareGradients.js'
export type { CheckName, CheckReport, Fault, GradientOptions, GradientReport } from './testing/options.js'
export type { Differentiable, Outputs } from './testing/problem.js'

// rounding, and what a file may export for `engram gradcheck`
export { type Bound, errorBounds } from './graph/errorBound.js'
export type {
  FunctionCheck,
  GradientCheck,
  LayerCheck,
  PluginCheck,
  StrategyCheck,
} from './testing/gradcheck/contract.js'

// arbitraries for fast-check
export { type DatasetLimits, datasets } from './testing/arbitraries/datasets.js'
export { graphs, type GraphLimits } from './testing/arbitraries/graphs.js'
export { type NetworkLimits, networks, type TriedNetwork } from './testing/arbitraries/networks.js'
export { shapes, type ShapeLimits } from './testing/arbitraries/shapes.js'
export { type Tensor, type TensorRange, tensors } from './testing/arbitraries/tensors.js'
export type { Call } from './testing/asFunction.js'

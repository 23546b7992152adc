/** `engram`: what a plugin and a program that runs benchmarks need. The only barrel beside `testing`. */

// writing a strategy
export type { AnyStrategy } from './strategy/anyStrategy.js'
export { combine, type Method } from './strategy/method.js'
export { type Cite, type Plugin, plugin } from './strategy/plugin.js'
export type { At, Draw, Keep, Rows, Writes } from './strategy/rows.js'
export type {
  Batch,
  CommitContext,
  Dims,
  GradientContext,
  Incoming,
  ObjectiveContext,
  PredictContext,
  Scope,
  Term,
  Updates,
} from './strategy/scope.js'
export type { Right, Slots, Uses } from './strategy/slots.js'
export type { BufferSpec, FeedSpec, HostSpec, Phase, Step, Strategy, TensorSpec, Trigger } from './strategy/strategy.js'

// expressions
export type { Expr } from './graph/expr.js'
export { grad } from './graph/grad.js'
export {
  abs,
  add,
  assemble,
  type Axes,
  broadcast,
  column,
  convolve,
  div,
  dot,
  exp,
  flush,
  literal,
  log,
  maximum,
  maxLast,
  mean,
  minimum,
  mul,
  neg,
  type Num,
  oneHot,
  ones,
  poolMax,
  poolMean,
  relu,
  reshape,
  rows,
  scan,
  scatterAdd,
  selectEqual,
  selectGreater,
  slice,
  sqrt,
  square,
  stop,
  sub,
  sum,
  zeros,
} from './graph/ops.js'
export { perExampleSquares } from './graph/perExample.js'
export type { ScanOptions, Scanned, Step as ScanStep } from './graph/scan.js'
export { layerNorm } from './nn/layerNorm.js'
export { crossEntropy, logSoftmax, softmax } from './nn/loss.js'
export { adam } from './optim/adam.js'
export { sgd } from './optim/sgd.js'

// options
export { closed } from './codec/closed.js'
export { count, finite, fraction, natural, nonNegative, positive } from './codec/number.js'
export { oneOf } from './codec/oneOf.js'
export { optional, withDefault } from './codec/optional.js'

// choosing rows
export { balanced } from './memory/balanced.js'
export { createGroupPasses } from './memory/groupPasses.js'
export { createPasses } from './memory/passes.js'
export { perClass } from './memory/perClass.js'
export { reservoir } from './memory/reservoir.js'
export { uniform } from './memory/uniform.js'
export { integers, permutation, sample, uniforms } from './random/draw.js'
export { folded, type Key, key, named } from './random/key.js'

// running
export type { RawLog } from './record/rawLog.js'
export { strategies } from './strategy/registry.js'
export type { Finding } from './train/finding.js'
export type { Progress } from './train/progress.js'
export { run } from './train/run.js'
export type { RunInput } from './train/runInput.js'

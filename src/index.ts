/** `engram`: what a plugin and a program that runs benchmarks need. The only barrel beside `testing`. */

// writing a strategy
export type { AnyStrategy } from './strategy/anyStrategy.js'
export { keepBy } from './strategy/keepBy.js'
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
export type {
  BufferSpec,
  Facts,
  FeedSpec,
  HostSpec,
  Phase,
  StatisticSpec,
  Step,
  Strategy,
  TensorSpec,
  Trigger,
} from './strategy/strategy.js'

// expressions
export type { Expr } from './graph/expr.js'
export { grad, gradients } from './graph/grad.js'
export { type Direction, jvp } from './graph/jvp.js'
export { type Point, promised } from './graph/promised.js'
export {
  abs,
  add,
  assemble,
  type Axes,
  broadcast,
  column,
  convolve,
  cos,
  div,
  dot,
  erf,
  exp,
  flush,
  joinLast,
  literal,
  log,
  maximum,
  maxLast,
  mean,
  minimum,
  mul,
  neg,
  normal,
  type Num,
  oneHot,
  onHost,
  ones,
  permute,
  poolMax,
  poolMean,
  random,
  rankLast,
  relu,
  reshape,
  rows,
  scan,
  scatterAdd,
  selectEqual,
  selectGreater,
  sigmoid,
  sin,
  slice,
  sliceLast,
  sqrt,
  square,
  stop,
  sub,
  sum,
  tanh,
  zeros,
} from './graph/ops.js'
export { perExampleAbsolutes, perExampleSquares } from './graph/perExample.js'
export type { ScanOptions, Scanned, Step as ScanStep } from './graph/scan.js'

// layers
export { attend, type AttendOptions, attentionWeights } from './nn/attend.js'
export { attention, type AttentionOptions } from './nn/attention.js'
export { batchNormalisation, type BatchNormalisationOptions } from './nn/batchNorm.js'
export type { Cell } from './nn/cell.js'
export { contextGate, type GateOptions, gateTable } from './nn/contextGate.js'
export { classTable, contextMask, type ContextMaskOptions } from './nn/contextMask.js'
export { conv2d, type Conv2dOptions } from './nn/conv2d.js'
export { dense, type DenseOptions } from './nn/dense.js'
export { drop, dropout, type DropoutOptions } from './nn/dropout.js'
export { elman, type ElmanOptions } from './nn/elman.js'
export { embed, embedding, type EmbeddingOptions } from './nn/embedding.js'
export { gru, type GruOptions } from './nn/gru.js'
export { heads, type HeadsOptions } from './nn/heads.js'
export type { Kept, Layer, LayerOf, LayerScope, Parameter, Passed } from './nn/layer.js'
export { layerNorm, layerNormalisation, type LayerNormalisationOptions } from './nn/layerNorm.js'
export { maxPool, meanPool } from './nn/pool.js'
export { recurrent, type RecurrentOptions } from './nn/recurrent.js'
export { unroll, type Unrolled, type UnrollOptions } from './nn/unroll.js'

// activation functions
export { activation, type ActivationName, activations } from './nn/activation.js'
export { crelu, creluLayer } from './nn/activations/crelu.js'
export { elu } from './nn/activations/elu.js'
export { gelu, geluTanh } from './nn/activations/gelu.js'
export { identity } from './nn/activations/identity.js'
export { kWinners, kWinnersLayer, type KWinnersOptions } from './nn/activations/kWinners.js'
export { leakyRelu } from './nn/activations/leakyRelu.js'
export type { Per } from './nn/activations/per.js'
export { prelu, preluLayer, type PreluOptions } from './nn/activations/prelu.js'
export { fastSigmoid, logisticSurrogate, step, straightThrough, type Surrogate } from './nn/activations/step.js'
export { swish, swishLayer, type SwishOptions } from './nn/activations/swish.js'

// losses
export { crossEntropy, logSoftmax, softmax, weightedMean } from './nn/loss.js'
export { binaryCrossEntropy } from './nn/losses/binaryCrossEntropy.js'
export { distillation, type DistillationOptions } from './nn/losses/distillation.js'
export { type DiagonalGaussian, gaussianDivergence } from './nn/losses/gaussianDivergence.js'
export { labelSmoothing, type LabelSmoothingOptions } from './nn/losses/labelSmoothing.js'
export { meanSquaredError } from './nn/losses/meanSquaredError.js'
export type { Over } from './nn/losses/over.js'

// initialisers
export { type InitialiserName, initialisers } from './nn/initialise.js'
export type { Fill, Initialiser } from './nn/initialisers/initialiser.js'

// networks
export { autoencoder, type Autoencoder, type AutoencoderOptions } from './nn/autoencoder.js'
export { multiHead, type SharedLayers, singleHead } from './nn/classifier.js'
export { cnn, type CnnOptions } from './nn/cnn.js'
export type { HiddenOptions, Normalisation } from './nn/hidden.js'
export { type Joined, joined } from './nn/joined.js'
export { mlp, type MlpOptions } from './nn/mlp.js'
export type { Activation, AtBoundary, Mode, Network, NetworkState, Output, Training } from './nn/network.js'
export { recurrentClassifier, type RecurrentClassifierOptions } from './nn/recurrentClassifier.js'
export { stack } from './nn/stack.js'
export { type ClassGates, vae, type Vae, type VaeLosses, type VaeOptions, type VaeOutput } from './nn/vae.js'

// probes
export {
  type ActivationStatistics,
  activationStatistics,
  type GradientNorm,
  gradientNorms,
} from './nn/probe.js'
export { type LayerProbe, type NetworkProbe, type ProbeInput, probeNetwork } from './train/probeNetwork.js'

// optimisers and what may stand before them
export { adam, type AdamOptions } from './optim/adam.js'
export { adamW, type AdamWOptions } from './optim/adamW.js'
export { chain } from './optim/chain.js'
export { clipByNorm } from './optim/clipByNorm.js'
export { clipByValue } from './optim/clipByValue.js'
export { decoupledDecay } from './optim/decoupledDecay.js'
export { l1 } from './optim/l1.js'
export { l2 } from './optim/l2.js'
export { momentum, type MomentumOptions } from './optim/momentum.js'
export { nesterov } from './optim/nesterov.js'
export type { Optimiser, Slot, SlotValues, StepInput, Stepped } from './optim/optimiser.js'
export { rmsprop, type RmspropOptions } from './optim/rmsprop.js'
export { constant } from './optim/schedule/constant.js'
export { cosine, type CosineOptions } from './optim/schedule/cosine.js'
export { exponential, type ExponentialOptions } from './optim/schedule/exponential.js'
export { inverseTime, type InverseTimeOptions } from './optim/schedule/inverseTime.js'
export { scheduled, type ScheduleOptions } from './optim/schedule/scheduled.js'
export { step as stepSchedule, type StepOptions } from './optim/schedule/step.js'
export { warmUp, type WarmUpOptions } from './optim/schedule/warmUp.js'
export { sgd } from './optim/sgd.js'
export { towardsAnchor, type AnchorOptions } from './optim/towardsAnchor.js'
export type { Before, Transform } from './optim/transform.js'

// options
export { closed } from './codec/closed.js'
export { count, finite, fraction, natural, nonNegative, positive } from './codec/number.js'
export { oneOf } from './codec/oneOf.js'
export { optional, withDefault } from './codec/optional.js'

// choosing rows
export { balanced } from './memory/balanced.js'
export { createGroupPasses } from './memory/groupPasses.js'
export { createPasses } from './memory/passes.js'
export { herding } from './memory/herding.js'
export { perClass } from './memory/perClass.js'
export { policies } from './memory/policies.js'
export type { Admission, Held, Offered, Policy } from './memory/policy.js'
export { reservoir } from './memory/reservoir.js'
export { ring } from './memory/ring.js'
export { uniform } from './memory/uniform.js'
export { unitRows } from './memory/unitRows.js'
export { integers, permutation, sample, uniforms } from './random/draw.js'
export { normals } from './random/normals.js'
export { folded, type Key, key, named } from './random/key.js'

// running
export type { RawLog } from './record/rawLog.js'
export { strategies } from './strategy/registry.js'
export type { Finding } from './train/finding.js'
export type { Progress } from './train/progress.js'
export { run } from './train/run.js'
export type { RunInput } from './train/runInput.js'

// programs of one's own: a network trained without the engine
export { compile, type Program, type Spec } from './compile/program.js'
export { createStore, type Store } from './compile/store.js'
export { block, input } from './graph/ops.js'
export { initialSlot } from './optim/optimiser.js'

// files of other systems
export { describe as describeProblem, type Problem } from './codec/problem.js'
export { type Layout, layout, view } from './graph/layout.js'
export { networkToOnnx, type NetworkOnnx } from './interchange/onnx/network.js'
export { type Baked, type OnnxModel, type OnnxSpec, toOnnx } from './interchange/onnx/toOnnx.js'
export { loadNpy, type NpyArray, readNpy, writeNpy } from './interchange/npy.js'
export type { Reading } from './interchange/reading.js'
export { readSafetensors, type Safetensors, type SafeTensor } from './interchange/readSafetensors.js'
export { type NamedTensor, writeSafetensors } from './interchange/safetensors.js'
export { loadSafetensors, savedLayout, saveSafetensors } from './interchange/weights.js'

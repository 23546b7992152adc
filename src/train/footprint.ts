/** How much memory a run will need, before any of it is taken. */
import { sizeOf } from '../graph/shape.js'
import type { AnyDims, AnyStep, AnyStrategy } from '../strategy/anyStrategy.js'
import type { Method } from '../strategy/method.js'
import type { Stream } from '../stream/stream.js'
import type { Benchmark } from './benchmark.js'
import { featuresOf, hiddenValues, networkOf } from './networkOf.js'
import { optimiserOf } from './optimiserOf.js'
import { dimsFor } from './world.js'

/** Memory of one run beyond which it is not begun, bytes: the resident memory of the kernels ends at 4 GB. */
export const mostBytes = 3e9

const total = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)

/**
 * Bytes that one run needs at least: parameters, gradient and moments, what the network keeps, the rows of an experience, buffers, tensors at the end of the
 * stream, and the activations of the largest step. An estimate from below, from the graph of a row and not that of a step.
 */
export const footprint = (
  { model, optimiser, training }: Pick<Benchmark, 'model' | 'optimiser' | 'training'>,
  method: Method,
  stream: Stream,
): number => {
  const { inputs, height, width, outputs, experiences } = stream
  const network = networkOf(model, stream)
  const { layout, state } = network
  const features = featuresOf(network)
  const dimsOf = ({ rights }: AnyStrategy): AnyDims => {
    const all = Array.from({ length: outputs }, (_, k) => k)
    const known = experiences.map(() => ({ active: all, own: all }))
    const last = { experience: experiences.length, current: experiences.length - 1 }
    return dimsFor({ inputs, height, width, outputs, features, network, experiences: known }, last, { rights })
  }
  const slots = optimiserOf(optimiser).slots.map(({ shape }) => sizeOf(shape(layout.size)))
  const hidden = hiddenValues(network)
  const perRow = 4 * (inputs + 2 * hidden + 2 * outputs)
  const steps = method.flatMap((s) => [
    training.batch + drawn(s, dimsOf(s)),
    ...(s.phases ?? []).map((phase) => drawn(phase, dimsOf(s))),
  ])
  return total([
    4 * (2 * layout.size + total(slots) + (state?.layout.size ?? 0)),
    Math.max(...experiences.map(({ size }) => size)) * inputs,
    Math.max(training.batch, ...steps) * perRow,
    ...method.map((s) => kept(s, dimsOf(s))),
    ...method.flatMap((s) => Object.values(s.statistics ?? {}).map((spec) => 8 * sizeOf(spec.shape(dimsOf(s))))),
  ])
}

const drawn = ({ draws }: AnyStep, dims: AnyDims): number =>
  total(
    Object.values(draws ?? {}).map((draw) => {
      if (draw === undefined) return 0
      return typeof draw.rows === 'number' ? draw.rows : draw.rows(dims)
    }),
  )

/** Bytes of the tensors and buffers of a strategy; a row also has a label, a context, an experience and a mark. */
const kept = ({ tensors, buffers }: AnyStrategy, dims: AnyDims): number =>
  total([
    ...Object.values(tensors ?? {}).map((tensor) => 4 * sizeOf(tensor.shape(dims))),
    ...Object.values(buffers ?? {}).map(
      ({ capacity, columns }) =>
        capacity * (dims.inputs + 13 + 4 * total(Object.values(columns).map((width) => width(dims)))),
    ),
  ])

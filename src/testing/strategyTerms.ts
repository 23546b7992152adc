/** The terms of a strategy on a small made-up problem, awake and in each of its phases. */
import { block } from '../graph/ops.js'
import type { Expr } from '../graph/expr.js'
import { sizeOf } from '../graph/shape.js'
import { topological } from '../graph/topological.js'
import { uniforms } from '../random/draw.js'
import { key, named } from '../random/key.js'
import type { AnyStrategy } from '../strategy/anyStrategy.js'
import type { LabelledRows, Stream } from '../stream/stream.js'
import { createLearner } from '../train/learner.js'
import { objectiveOf } from '../train/objective.js'
import { declareTensors, wakeSlots } from '../train/tensors.js'

/** A term of a loss and values for all that it reads. */
export interface StrategyTerm {
  /** `wake`, or the name of a phase. */
  readonly step: string
  /** `strategy/term`. */
  readonly term: string
  /** Scalar. */
  readonly value: Expr
  /** The parameters, a block of the graph. */
  readonly params: Expr
  readonly env: Readonly<Record<string, ArrayLike<number>>>
}

/** The made-up problem: a 3-4-4 network, two contexts of two outputs, batches of 5 rows. */
const problem = { height: 1, width: 3, inputs: 3, outputs: 4, hidden: [4], batch: 5, scale: 16, contexts: 2 } as const

const rowsOf = (context: number): LabelledRows => {
  const size = 8
  const pixels = Uint8Array.from(uniforms(named(key(context), 'pixels'), size * problem.inputs), (u) =>
    Math.floor(u * 17),
  )
  const labels = Int32Array.from({ length: size }, (_, i) => context * 2 + (i % 2))
  return { size, pixels, labels, contexts: new Int32Array(size).fill(context) }
}

const stream: Stream = {
  name: 'made up',
  kind: 'task',
  height: problem.height,
  width: problem.width,
  inputs: problem.inputs,
  outputs: problem.outputs,
  scale: problem.scale,
  reveals: { boundary: true, context: true, testContext: true },
  experiences: Array.from({ length: problem.contexts }, (_, context) => ({
    context,
    size: 8,
    load: () => rowsOf(context),
  })),
  contexts: Array.from({ length: problem.contexts }, (_, context) => ({
    name: `context ${context}`,
    active: [2 * context, 2 * context + 1],
    own: [2 * context, 2 * context + 1],
    testSize: 8,
    test: () => rowsOf(context),
  })),
}

/** Values for a leaf, by what it is: pixels, slots and labels in range, weights of 1, else numbers in 0.1 .. 1. */
const valueOf = (leaf: Expr): ArrayLike<number> => {
  const name = String(leaf.attrs.name)
  const size = sizeOf(leaf.shape)
  const u = uniforms(named(key(7), name), size)
  const last = name.slice(name.lastIndexOf('/') + 1)
  if (leaf.dtype === 'u8') return u.map((x) => Math.floor(x * 17))
  if (last === 'labels') return Array.from({ length: size }, (_, i) => i % 2)
  if (leaf.dtype === 'i32') return new Int32Array(size)
  if (last === 'weights') return new Float64Array(size).fill(1)
  if (name === 'active') return [1, 1, 0, 0, 0, 0, 1, 1]
  return name === 'params' ? u.map((x) => x - 0.5) : u.map((x) => 0.1 + 0.9 * x)
}

/** Every term of `strategy` as if `experience` experiences were finished and every draw had picked rows. */
export const strategyTerms = (strategy: AnyStrategy, experience: number): readonly StrategyTerm[] => {
  const { world, place } = createLearner({
    model: { kind: 'mlp', hidden: problem.hidden, initialiser: 'pytorch' },
    optimiser: { name: 'sgd', rate: 0.1, boundary: 'keep' },
    batch: problem.batch,
    stream,
    method: [strategy],
    key: key(1),
  })
  place.experience = experience
  place.current = Math.min(experience, problem.contexts - 1)
  declareTensors(world, place)
  const params = block('params', [world.network.layout.size])
  const steps = [
    { name: 'wake', step: strategy, wake: true },
    ...(strategy.phases ?? []).map((step) => ({ name: step.name, step, wake: false })),
  ]
  return steps.flatMap(({ name, step, wake }) => {
    const present = new Map(Object.keys(step.draws ?? {}).map((draw) => [`${strategy.name}/${draw}`, problem.batch]))
    const request = { members: [{ strategy, step }], wake, optimiser: world.optimiser, slots: wakeSlots, present }
    return objectiveOf(world, place, request).terms.map(({ id, value }) => {
      const leaves = topological([value]).filter((e) => e.op.name === 'input' || e.op.name === 'block')
      const env = Object.fromEntries([...leaves, params].map((leaf) => [String(leaf.attrs.name), valueOf(leaf)]))
      return { step: name, term: id, value, params, env }
    })
  })
}

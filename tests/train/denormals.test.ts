import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it, vi } from 'vitest'
import { decodeWith } from '../../src/codec/decode.js'
import { compile, type Spec } from '../../src/compile/program.js'
import { createStore, type Store } from '../../src/compile/store.js'
import type { Expr } from '../../src/graph/expr.js'
import { grad } from '../../src/graph/grad.js'
import { block, dot, input, mul, relu, slice, zeros } from '../../src/graph/ops.js'
import { scan } from '../../src/graph/scan.js'
import { cnn } from '../../src/nn/cnn.js'
import { layerNorm } from '../../src/nn/layerNorm.js'
import { crossEntropy, weightedMean } from '../../src/nn/loss.js'
import { adam as adamOf } from '../../src/optim/adam.js'
import { initialSlot, type Optimiser } from '../../src/optim/optimiser.js'
import { sgd as sgdOf } from '../../src/optim/sgd.js'
import { uniforms } from '../../src/random/draw.js'
import { key, named } from '../../src/random/key.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import type { Method } from '../../src/strategy/method.js'
import { strategies } from '../../src/strategy/registry.js'
import { createSteppers, learn } from '../../src/train/experience.js'
import { createLearner, type LearnerInput } from '../../src/train/learner.js'
import { denormalBlocks, denormalValues } from '../support/denormals.js'
import { tinyStream } from '../support/tiny.js'

vi.setConfig({ testTimeout: 120_000 })

const made = (name: string, options: object): Method => {
  const plugin = strategies.find((p) => p.name === name)
  const decoded = plugin === undefined ? undefined : decodeWith(plugin.options, options)
  if (plugin === undefined || decoded === undefined || E.isLeft(decoded)) throw new Error(name)
  return plugin.make(decoded.right)
}

const adam = { name: 'adam', rate: 0.05, beta1: 0.9, beta2: 0.9, epsilon: 1e-8, boundary: 'keep' } as const
const sgd = { name: 'sgd', rate: 0.5, boundary: 'keep' } as const

const perceptron = { kind: 'mlp', hidden: [8], initialiser: 'pytorch' } as const

interface Case {
  readonly method: Method
  readonly optimiser?: LearnerInput['optimiser']
  readonly model?: LearnerInput['model']
  readonly kind?: 'task' | 'class'
  /** Initial parameters times this: large ones saturate the softmax and kill units. */
  readonly scale?: number
}

/** Denormals seen over 2,100 steps: in every block after every step of a phase and every 50th of the wake, and in what these store. */
const seenIn = ({
  method,
  optimiser = adam,
  model = perceptron,
  kind = 'class',
  scale = 1,
}: Case): readonly string[] => {
  const stream = tinyStream(kind)
  const learner = createLearner({
    model,
    batch: 8,
    key: key(1),
    optimiser,
    stream,
    method,
  })
  const { store } = learner.world
  const before = store.read('params')
  store.write(
    'params',
    before.map((x) => x * scale),
  )
  const seen = new Set<string>()
  const note = (found: readonly string[], when: string): void => found.forEach((what) => seen.add(`${when}: ${what}`))
  const world: typeof learner.world = {
    ...learner.world,
    watch: {
      step: (staged, program, inputs, { during, step }) => {
        const looking = during !== 'train' || (step ?? 0) % 50 === 49
        if (looking) note(denormalValues(program, store, inputs), during)
        program.run(inputs)
        if (looking) note(denormalBlocks(store, Object.keys(staged.updates)), during)
      },
      scores: () => undefined,
    },
  }
  const watched = { ...learner, world }
  const steppers = createSteppers(watched)
  const ignore = (): void => undefined
  for (const experience of stream.experiences) {
    const steps = (): number => 700
    const kept = { rest: 'drop', boundary: 'keep', balance: 0 } as const
    const lesson = { experience, steps, ...kept, onStep: ignore, onPhase: ignore }
    expect(learn(watched, steppers, lesson).finite).toBe(true)
  }
  return [...seen]
}

describe('after the gradients have vanished', () => {
  const both = ['task', 'class'] as const
  const naive = both.flatMap((kind) =>
    [1, 30, 300].flatMap((scale) => [adam, sgd].map((optimiser): Case => ({ method: [], kind, scale, optimiser }))),
  )
  it.each(naive)('no block and nothing stored is denormal: $optimiser.name, $kind, scale $scale', (one) => {
    expect(seenIn(one)).toEqual([])
  })

  const optimisers: readonly LearnerInput['optimiser'][] = [
    { name: 'momentum', rate: 0.1, momentum: 0.9, boundary: 'keep', decay: [{ kind: 'decoupled', strength: 0.5 }] },
    { name: 'nesterov', rate: 0.1, momentum: 0.9, boundary: 'keep', decay: [{ kind: 'l2', strength: 0.01 }] },
    { name: 'rmsprop', rate: 0.01, rho: 0.9, epsilon: 1e-8, boundary: 'keep', clip: [{ kind: 'norm', limit: 1 }] },
    { ...sgd, schedule: [{ kind: 'exponential', gamma: 0.9, boundary: 'keep' }] },
  ]
  it.each(optimisers)('no block and nothing stored is denormal with what stands before a step: $name', (optimiser) => {
    expect(seenIn({ method: [], optimiser, kind: 'task', scale: 30 })).toEqual([])
  })

  it.each([adam, sgd])('nor with dropout and running statistics: $name', (optimiser) => {
    const model: LearnerInput['model'] = {
      kind: 'mlp',
      hidden: [8],
      initialiser: 'pytorch',
      dropout: 0.25,
      normalisation: { kind: 'batch', statistics: 'continue' },
    }
    expect(seenIn({ method: [], model, optimiser, kind: 'task', scale: 30 })).toEqual([])
  })

  const methods: readonly (readonly [string, Method])[] = [
    ['replay', made('replay', { capacity: 12, rows: 8 })],
    ['cls', made('cls', { capacity: 12, rows: 8, steps: 10 })],
    ['cls held to stored logits', made('cls', { capacity: 12, rows: 8, steps: 10, target: 'stored' })],
    ['ewc', made('ewc', { lambda: 5, batch: 16, gamma: 0.5 })],
    ['ewc of weight 0', made('ewc', { lambda: 0, batch: 16 })],
    ['ewc multi', made('ewc', { lambda: 5, batch: 16, mode: 'multi' })],
    ['ewc proximal', made('ewc', { lambda: 5, batch: 16, step: 'proximal' })],
  ]
  const cases = methods.flatMap(([name, method]) => [1, 30].map((scale) => ({ name, method, scale })))
  it.each(cases)('no block and nothing stored is denormal: $name, scale $scale', (one) => {
    expect(seenIn(one)).toEqual([])
  })

  it('a decay that nobody flushes is noticed', () => {
    const fading: AnyStrategy = {
      name: 'fading',
      rights: {},
      tensors: { trail: { shape: () => [4], init: 1 } },
      commit: ({ tensors }) => ({ tensors: { trail: mul(tensors['trail'] ?? 0, 0.9) } }),
    }
    expect(seenIn({ method: [fading] })).toContain('train: fading/tensor/trail')
  })
})

describe('networks of other kinds, after the gradients have vanished', () => {
  /** Trains on one batch for 2,000 steps and looks at the end, and now and then on the way. */
  const train = (
    size: number,
    shape: readonly number[],
    logitsOf: (params: Expr, x: Expr) => Expr,
    optimiser: Optimiser,
    scale: number,
  ): readonly string[] => {
    const store: Store = createStore()
    const root = key(3)
    store.block('params', [size])
    store.write(
      'params',
      Float32Array.from(uniforms(named(root, 'params'), size), (u) => scale * (u - 0.5)),
    )
    for (const s of optimiser.slots) {
      store.block(s.name, s.shape(size))
      store.write(s.name, initialSlot(s, new Float32Array(size)))
    }
    const params = block('params', [size])
    const [x, y] = [input('x', shape), input('y', [4], 'i32')]
    const loss = weightedMean(crossEntropy(logitsOf(params, x), y), input('w', [4]))
    const slots = Object.fromEntries(optimiser.slots.map((s) => [s.name, block(s.name, s.shape(size))]))
    const stepped = optimiser.update({ gradient: grad(loss, params), params, slots })
    const spec: Spec = { updates: { params: stepped.params, ...stepped.slots }, outputs: { loss } }
    const program = compile(spec, store)
    const count = shape.reduce((n, d) => n * d, 1)
    const inputs = {
      x: Float32Array.from(uniforms(named(root, 'x'), count)),
      y: Int32Array.of(0, 1, 2, 0),
      w: Float32Array.of(1, 1, 1, 0),
    }
    const seen = new Set<string>()
    for (let step = 1; step <= 2000; step++) {
      program.run(inputs)
      if (step % 200 !== 0) continue
      for (const what of denormalBlocks(store, Object.keys(spec.updates))) seen.add(what)
      for (const what of denormalValues(program, store, inputs)) seen.add(what)
    }
    expect(Number.isFinite(program.scalar('loss'))).toBe(true)
    return [...seen]
  }
  const optimisers = [adamOf({ rate: 0.02, beta1: 0.9, beta2: 0.9, epsilon: 1e-8 }), sgdOf({ rate: 0.2 })]
  const cases = optimisers.flatMap((optimiser) => [1, 10].map((scale) => ({ optimiser, scale })))

  it.each(cases)('convolutions and pooling: $optimiser.name, scale $scale', ({ optimiser, scale }) => {
    const net = cnn({
      height: 6,
      width: 6,
      channels: 1,
      filters: [3, 4],
      kernel: 3,
      outputs: 3,
      initialiser: 'pytorch',
    })
    const logits = (params: Expr, x: Expr): Expr => net.apply(params, x).logits
    expect(train(net.layout.size, [4, 36], logits, optimiser, scale)).toEqual([])
  })

  it.each(cases)('layer norm: $optimiser.name, scale $scale', ({ optimiser, scale }) => {
    const logits = (params: Expr, x: Expr): Expr => {
      const [gain, bias] = [slice(params, 0, [8]), slice(params, 8, [8])]
      const hidden = layerNorm(dot(x, slice(params, 16, [5, 8])), gain, bias)
      return dot(relu(hidden), slice(params, 56, [8, 3]))
    }
    expect(train(80, [4, 5], logits, optimiser, scale)).toEqual([])
  })

  it.each(cases)('loops over time: $optimiser.name, scale $scale', ({ optimiser, scale }) => {
    const logits = (params: Expr, x: Expr): Expr => {
      const [recurrent, weights] = [slice(params, 0, [6, 6]), slice(params, 36, [5, 6])]
      const { states } = scan({ states: { h: zeros([4, 6]) }, inputs: { x } }, ({ h }, { x: now }) => ({
        // halved, so that what the first steps say fades
        states: { h: relu(dot(now, weights, { init: mul(0.5, slice(dot(h, recurrent), 0, [6])) })) },
      }))
      return dot(states.h, slice(params, 66, [6, 3]))
    }
    expect(train(84, [12, 4, 5], logits, optimiser, scale)).toEqual([])
  })
})

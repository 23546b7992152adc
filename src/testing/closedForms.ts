/**
 * The published formulae of every optimiser of the registry, as plain loops in f64 that share nothing with its graphs: whole
 * trajectories, with the step number where the graphs keep running products. Options are what f32 makes of them.
 */
import { optimisers, type Sample } from '../optim/registry.js'

/** What a formula is told at step `t` = 0, 1, …; it may keep what it likes in `memory`. */
interface At {
  readonly t: number
  readonly gradient: readonly number[]
  readonly params: readonly number[]
  readonly start: readonly number[]
  /** An option, as f32 holds it. */
  readonly o: (name: string) => number
  readonly memory: Map<string, number[]>
}

type Formula = (at: At) => readonly number[]

const f = Math.fround
const sign = (x: number): number => (x > 0 ? 1 : x < 0 ? -1 : 0)
const clamp = (x: number, c: number): number => (x > c ? c : x < -c ? -c : x)

const power = (x: number, n: number): number => {
  let product = 1
  for (let i = 0; i < n; i++) product *= x
  return product
}

/** A running vector that decays: `m ← a·m + b·x`. */
const running = (memory: At['memory'], name: string, a: number, b: number, x: readonly number[]): number[] => {
  const before = memory.get(name)
  const after = x.map((value, i) => a * (before?.[i] ?? 0) + b * value)
  memory.set(name, after)
  return after
}

const descent =
  (gradientOf: (at: At, i: number) => number): Formula =>
  (at) =>
    at.params.map((theta, i) => theta - at.o('rate') * gradientOf(at, i))

const withFactor = (factor: (at: At) => number): Formula => descent((at, i) => factor(at) * (at.gradient[i] ?? 0))

const adam: Formula = ({ t, gradient, params, o, memory }) => {
  const [b1, b2] = [o('beta1'), o('beta2')]
  const m = running(memory, 'm', b1, o('1-beta1'), gradient)
  const v = running(
    memory,
    'v',
    b2,
    o('1-beta2'),
    gradient.map((g) => g * g),
  )
  return params.map((theta, i) => {
    const mean = (m[i] ?? 0) / (1 - power(b1, t + 1))
    const root = Math.sqrt((v[i] ?? 0) / (1 - power(b2, t + 1)))
    return theta - (o('rate') * mean) / (root + o('epsilon'))
  })
}

/** Where a cosine with restarts is at step `t`: steps since the last restart, and the length of the period. */
const period = (t: number, first: number, multiple: number): readonly [number, number] => {
  let [since, length] = [t, first]
  while (since >= length) [since, length] = [since - length, length * multiple]
  return [since, length]
}

/** By series, so that no function of the platform enters a result: |x| up to π. */
const cosine = (x: number): number => {
  let [term, sum] = [1, 1]
  for (let k = 1; k < 20; k++) {
    term *= (-x * x) / ((2 * k - 1) * (2 * k))
    sum += term
  }
  return sum
}

const formulae: Readonly<Record<string, Formula>> = {
  sgd: descent(({ gradient }, i) => gradient[i] ?? 0),
  momentum: (at) => {
    const v = running(at.memory, 'v', at.o('momentum'), 1, at.gradient)
    return at.params.map((theta, i) => theta - at.o('rate') * (v[i] ?? 0))
  },
  nesterov: (at) => {
    const v = running(at.memory, 'v', at.o('momentum'), 1, at.gradient)
    return at.params.map((theta, i) => theta - at.o('rate') * ((at.gradient[i] ?? 0) + at.o('momentum') * (v[i] ?? 0)))
  },
  rmsprop: (at) => {
    const squares = at.gradient.map((g) => g * g)
    const s = running(at.memory, 's', at.o('rho'), at.o('1-rho'), squares)
    return at.params.map(
      (theta, i) => theta - (at.o('rate') * (at.gradient[i] ?? 0)) / (Math.sqrt(s[i] ?? 0) + at.o('epsilon')),
    )
  },
  adam,
  adamW: (at) => adam({ ...at, params: at.params.map((theta) => theta - at.o('rate') * at.o('weightDecay') * theta) }),
  clipByValue: descent(({ gradient, o }, i) => clamp(gradient[i] ?? 0, o('limit'))),
  clipByNorm: descent(({ gradient, o }, i) => {
    const norm = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0))
    return (gradient[i] ?? 0) * (norm > o('limit') ? o('limit') / norm : 1)
  }),
  l1: descent(({ gradient, params, o }, i) => (gradient[i] ?? 0) + o('strength') * sign(params[i] ?? 0)),
  l2: descent(({ gradient, params, o }, i) => (gradient[i] ?? 0) + o('strength') * (params[i] ?? 0)),
  // at one rate, the three pulls beside the gradient are those in it
  decoupledDecay: descent(({ gradient, params, o }, i) => (gradient[i] ?? 0) + o('strength') * (params[i] ?? 0)),
  'towardsAnchor, coupled': descent(
    ({ gradient, params, start, o }, i) => (gradient[i] ?? 0) + o('strength') * ((params[i] ?? 0) - (start[i] ?? 0)),
  ),
  'towardsAnchor, decoupled': descent(
    ({ gradient, params, start, o }, i) => (gradient[i] ?? 0) + o('strength') * ((params[i] ?? 0) - (start[i] ?? 0)),
  ),
  constant: withFactor(() => 1),
  step: withFactor(({ t, o }) => power(o('gamma'), Math.floor(t / o('every')))),
  exponential: withFactor(({ t, o }) => power(o('gamma'), t)),
  cosine: withFactor(({ t, o }) => {
    const angle = (Math.PI * Math.min(t, o('steps'))) / o('steps')
    return o('least') + ((1 - o('least')) * (1 + cosine(angle))) / 2
  }),
  'cosine with restarts': withFactor(({ t, o }) => {
    const [since, length] = period(t, o('steps'), o('restarts'))
    return o('least') + ((1 - o('least')) * (1 + cosine((Math.PI * since) / length))) / 2
  }),
  warmUp: withFactor(({ t, o }) => Math.min(1, (t + 1) / o('steps'))),
  inverseTime: withFactor(({ t, o }) => 1 / (1 + o('decay') * t)),
}

/** A sample of the registry with the loop that it must agree with. */
export interface ClosedForm extends Sample {
  /** Parameters after each gradient, from `start`. */
  readonly trajectory: (
    start: readonly number[],
    gradients: readonly (readonly number[])[],
  ) => readonly (readonly number[])[]
}

/** One for each sample of the registry. Throws when one has no formula. */
export const closedForms = (): readonly ClosedForm[] =>
  optimisers.map((sample) => {
    const formula = formulae[sample.name]
    if (formula === undefined) throw new Error(`closedForms: '${sample.name}' has none`)
    const o = (name: string): number => {
      const [complement, of] = name.startsWith('1-') ? [true, name.slice(2)] : [false, name]
      const value = sample.options.get(of)
      if (typeof value !== 'number') throw new Error(`closedForms: '${sample.name}' has no option '${of}'`)
      return f(complement ? 1 - value : value)
    }
    return {
      ...sample,
      trajectory: (start, gradients) => {
        const memory = new Map<string, number[]>()
        let params = start
        return gradients.map((gradient, t) => {
          params = formula({ t, gradient, params, start, o, memory })
          return params
        })
      },
    }
  })

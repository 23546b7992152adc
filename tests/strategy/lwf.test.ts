import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import { grad } from '../../src/graph/grad.js'
import { broadcast, input } from '../../src/graph/ops.js'
import { crossEntropy } from '../../src/nn/loss.js'
import { uniforms } from '../../src/random/draw.js'
import { key, named } from '../../src/random/key.js'
import type { AnyContext } from '../../src/strategy/anyStrategy.js'
import { lwf, type LwfOptions } from '../../src/strategy/lwf.js'
import type { Method } from '../../src/strategy/method.js'
import { replay } from '../../src/strategy/replay.js'
import { tinyLearner } from '../support/learner.js'
import { batchOf, scopeOf, valueOf, valuesOf, worst } from '../support/scope.js'
import { tinyRun, tinyStream } from '../support/tiny.js'

const made = (changes: Partial<LwfOptions> = {}) =>
  lwf({
    alpha: 1,
    temperature: 2,
    timesSquare: 'none',
    weighting: 'constant',
    heads: 'padded',
    active: 'all',
    warmUp: 'off',
    warmUpRate: 'wake',
    warmUpBatch: 10,
    ...changes,
  })

const rows = 5
const outputs = 6
const [past, present] = [
  [0, 1, 2, 3],
  [4, 5],
]
const all = [...past, ...present]
const heads = [[0, 1], [2, 3], present]

const numbers = (name: string): readonly number[] =>
  [...uniforms(named(key(3), name), rows * outputs)].map((u) => 6 * u - 3)
const env = {
  logits: numbers('logits'),
  teacher: numbers('teacher'),
  'batch/y': [4, 5, 5, 4, 4],
  // the last row only fills up the batch
  'batch/weights': [1, 1, 1, 1, 0],
}

const logits = input('logits', [rows, outputs])
const batch = batchOf('batch', rows)

/** Two experiences are finished; what the network and its teacher say are the inputs `logits` and `teacher`. */
const scope = (kind: 'class' | 'task' | 'domain' = 'class'): AnyContext => {
  const plain = scopeOf(2)
  const output = { logits, features: batch.x, activations: [] }
  return {
    ...plain,
    network: { ...plain.network, apply: () => ({ ...output, logits: input('teacher', [rows, outputs]) }) },
    tensors: { teacher: input('held', [1]) },
    batch,
    output,
    dims: {
      ...plain.dims,
      outputs,
      past: kind === 'domain' ? all : past,
      present: kind === 'domain' ? all : present,
      heads: kind === 'task' ? heads : [all, all, all],
    },
    losses: (z, y, _, among) => crossEntropy(z, y, among === undefined ? undefined : broadcast(among, z.shape)),
  }
}

const softmax = (z: readonly number[], among: readonly number[], temperature: number): readonly number[] => {
  const e = z.map((x, k) => (among.includes(k) ? Math.exp(x / temperature) : 0))
  const sum = e.reduce((a, b) => a + b, 0)
  return e.map((x) => x / sum)
}

const row = (values: readonly number[], i: number) => values.slice(i * outputs, (i + 1) * outputs)

/** The definition: mean over the four real rows of -sum softmax(teacher/T) ln softmax(student/T). */
const plainly = (teacherOver: readonly number[], studentOver: readonly number[], temperature: number): number => {
  const each = [0, 1, 2, 3].map((i) => {
    const wanted = softmax(row(env.teacher, i), teacherOver, temperature)
    const found = softmax(row(env.logits, i), studentOver, temperature)
    return -wanted.reduce((sum, p, k) => (p === 0 ? sum : sum + p * Math.log(found[k] ?? 0)), 0)
  })
  return each.reduce((a, b) => a + b, 0) / 4
}

const term = (changes: Partial<LwfOptions>, kind?: 'class' | 'task' | 'domain') => {
  const terms = made(changes).objective?.(scope(kind)) ?? []
  expect(terms.map(({ name }) => name)).toEqual(['distillation'])
  return terms[0]?.value
}

describe('the distillation of lwf', () => {
  it.each([
    ['padded', 'all', past, all],
    ['padded', 'seen', past, all],
    ['old', 'all', past, past],
    ['all', 'all', all, all],
  ] as const)(
    'has for heads %s the softmaxes that it says, with %s outputs active',
    (how, active, teacher, student) => {
      expect(valueOf(term({ heads: how, active }), env)).toBeCloseTo(plainly(teacher, student, 2), 12)
    },
  )

  it('is the mean over past heads, each by itself, whatever head the rows are of', () => {
    const wanted = (plainly([0, 1], [0, 1], 2) + plainly([2, 3], [2, 3], 2)) / 2
    expect(valueOf(term({ heads: 'each' }, 'task'), env)).toBeCloseTo(wanted, 12)
  })

  it('leaves outputs out that nobody has seen, when only those seen compete', () => {
    const c = scope()
    const unseen = { ...c, dims: { ...c.dims, past: [0, 1], present: [2, 3] } }
    const value = (how: LwfOptions['heads']) =>
      valueOf(made({ heads: how, active: 'seen' }).objective?.(unseen)[0]?.value, env)
    expect(value('padded')).toBeCloseTo(plainly([0, 1], past, 2), 12)
    expect(value('all')).toBeCloseTo(plainly(past, past, 2), 12)
  })

  it('weighs 1, 1 - 1/k or k - 1 in the third experience, times alpha, times T^2 when asked', () => {
    const kd = plainly(past, all, 3)
    const value = (changes: Partial<LwfOptions>) => valueOf(term({ temperature: 3, ...changes }), env)
    expect(value({})).toBeCloseTo(kd, 12)
    expect(value({ weighting: '1/k' })).toBeCloseTo(Math.fround(2 / 3) * kd, 12)
    expect(value({ weighting: 'k-1' })).toBeCloseTo(2 * kd, 12)
    expect(value({ alpha: 0.5, timesSquare: 'T^2' })).toBeCloseTo(4.5 * kd, 12)
  })

  it('is absent in the first experience', () => {
    expect(made().objective?.(scopeOf(0))).toEqual([])
  })

  it.each([
    ['old', 'class', 'none'],
    ['old', 'class', 'T^2'],
    ['all', 'class', 'none'],
    ['each', 'task', 'T^2'],
    ['padded', 'domain', 'none'],
    ['padded', 'domain', 'T^2'],
  ] as const)('of a network into itself has a gradient of rounding: heads %s, %s, %s', (how, kind, timesSquare) => {
    const value = term({ heads: how, timesSquare, temperature: 2 }, kind)
    if (value === undefined) throw new Error('no term')
    const slope = grad(value, logits)
    // every probability is right to a few units of 2^-53 (in f32 2^-24), and the gradient is T^2 / (4 T) differences of two of them
    const same = { ...env, teacher: env.logits }
    expect(Math.max(...valuesOf(slope, same).map(Math.abs))).toBeLessThan(1e-15)
    const single = [...(evaluate([slope], same, 'f32')[0] ?? [])]
    expect(Math.max(...single.map(Math.abs))).toBeLessThan(5e-7)
    expect(Math.max(...valuesOf(slope, env).map(Math.abs))).toBeGreaterThan(1e-3)
  })
})

describe('published losses as options of lwf', () => {
  /** Mean over the real rows of -ln softmax of the true label, among some outputs. */
  const ce = (among: readonly number[]): number =>
    [0, 1, 2, 3].reduce((sum, i) => {
      const p = softmax(row(env.logits, i), among, 1)
      return sum - Math.log(p[env['batch/y'][i] ?? 0] ?? 0) / 4
    }, 0)

  /** Weight times loss, plus the terms. The scenario's loss is among `competing`, unless the strategy replaces it. */
  const objective = (options: Partial<LwfOptions>, kind: 'class' | 'task' | 'domain', competing: readonly number[]) => {
    const strategy = made(options)
    const c = scope(kind)
    const loss = strategy.loss === undefined || strategy.loss === null ? ce(competing) : valueOf(strategy.loss(c), env)
    const weight = strategy.weight === undefined ? 1 : valueOf(strategy.weight(c), env)
    return weight * loss + valueOf(strategy.objective?.(c)[0]?.value, env)
  }

  it('van de Ven 2022, task: CE + the sum over past heads of KD', () => {
    const wanted = ce(present) + plainly([0, 1], [0, 1], 2) + plainly([2, 3], [2, 3], 2)
    expect(objective({ weighting: 'k-1', heads: 'each' }, 'task', present)).toBeCloseTo(wanted, 12)
  })

  it('van de Ven 2022, domain: CE + (k - 1) KD', () => {
    const wanted = ce(all) + 2 * plainly(all, all, 2)
    expect(objective({ weighting: 'k-1', heads: 'all' }, 'domain', all)).toBeCloseTo(wanted, 12)
  })

  it('van de Ven 2022, class: CE + KD over all outputs', () => {
    expect(objective({ heads: 'all' }, 'class', all)).toBeCloseTo(ce(all) + plainly(all, all, 2), 12)
  })

  it('van de Ven, the general form: CE / k + (1 - 1/k) KD', () => {
    const wanted = Math.fround(1 / 3) * ce(all) + Math.fround(2 / 3) * plainly(past, all, 2)
    expect(objective({ weighting: '1/k' }, 'class', all)).toBeCloseTo(wanted, 12)
  })

  it('Buzzega 2020: CE over outputs so far + KD over past outputs, with probabilities to the power 1/T made to sum to 1', () => {
    const smooth = (p: readonly number[]): readonly number[] => {
      const powers = p.map((x) => x ** 0.5)
      const sum = powers.reduce((a, b) => a + b, 0)
      return powers.map((x) => x / sum)
    }
    const total = [0, 1, 2, 3].reduce((sum, i) => {
      const wanted = smooth(softmax(row(env.teacher, i).slice(0, 2), [0, 1], 1))
      const found = smooth(softmax(row(env.logits, i).slice(0, 2), [0, 1], 1))
      return sum - wanted.reduce((s, p, k) => s + p * Math.log(found[k] ?? 0), 0) / 4
    }, 0)
    const strategy = made({ heads: 'old', active: 'seen', warmUp: 'last-layer' })
    const c = scope()
    const second = { ...c, dims: { ...c.dims, experience: 1, past: [0, 1], present: [3, 4, 5] } }
    const loss = strategy.loss
    if (loss === undefined || loss === null) throw new Error('the loss is not replaced')
    const value = valueOf(loss(second), env) + valueOf(strategy.objective?.(second)[0]?.value, env)
    expect(value).toBeCloseTo(ce([0, 1, 3, 4, 5]) + total, 12)
  })

  it('cross-entropy of seen outputs leaves the others without a gradient', () => {
    const { loss } = made({ active: 'seen' })
    if (loss === undefined || loss === null) throw new Error('the loss is not replaced')
    const c = scope()
    const value = loss({ ...c, dims: { ...c.dims, past: [3], present } })
    const slope = valuesOf(grad(value, logits), env)
    for (const i of [0, 1, 2, 3])
      expect(row(slope, i).map((x) => x !== 0)).toEqual([false, false, false, true, true, true])
  })
})

describe('the start of an experience of lwf', () => {
  /** Parameters when the first experience ended, and the teacher of the second. */
  const learned = (changes: Partial<LwfOptions>, hidden: readonly number[]) => {
    const learner = tinyLearner([made(changes)], { hidden })
    learner.learn()
    const before = learner.read('params')
    learner.learn()
    return { before, teacher: learner.read('lwf/tensor/teacher'), layout: learner.world.network.layout }
  }

  it('makes the network as it is the teacher', () => {
    const { before, teacher } = learned({}, [8])
    expect(teacher).toEqual(before)
  })

  it('warms up the last layer alone, to the bit', () => {
    const { before, teacher, layout } = learned({ warmUp: 'last-layer' }, [8])
    const changed = layout.entries.filter(({ offset, size }) =>
      before.slice(offset, offset + size).some((p, i) => p !== teacher[offset + i]),
    )
    expect(changed.map(({ name }) => name)).toEqual(layout.entries.slice(-2).map(({ name }) => name))
    expect(layout.entries.length).toBe(4)
  })

  it.each([
    ['wake', 0.01],
    [0.5, 0.5],
  ] as const)('warms up by plain gradient descent over the present outputs, at the rate %s', (warmUpRate, rate) => {
    // one step on all rows: the gradient of softmax regression, over the outputs of the second experience
    const { before, teacher } = learned({ warmUp: 'last-layer', warmUpRate, warmUpBatch: 40 }, [])
    const rowsOf = tinyStream('class').experiences[1]?.load()
    if (rowsOf === undefined) throw new Error('there is no second experience')
    const own = [...new Set(rowsOf.labels)]
    expect(own.length).toBe(2)
    const wanted = [...before]
    for (let i = 0; i < rowsOf.size; i++) {
      const x = [...rowsOf.pixels.subarray(i * 6, (i + 1) * 6)].map((p) => p / 16).concat(1)
      const z = Array.from({ length: 6 }, (_, k) => x.reduce((sum, xj, j) => sum + xj * (before[j * 6 + k] ?? 0), 0))
      const p = softmax(z, own, 1)
      wanted.forEach((value, j) => {
        const k = j % 6
        const error = (p[k] ?? 0) - (rowsOf.labels[i] === k ? 1 : 0)
        wanted[j] = value - (rate / rowsOf.size) * (x[Math.floor(j / 6)] ?? 0) * error
      })
    }
    expect(worst(teacher, wanted)).toBeLessThan(1e-6)
    expect(worst(before, wanted)).toBeGreaterThan(1e-4)
  })

  it('warms up on every row of the second experience and those after it once', () => {
    const { traces } = tinyRun([made({ warmUp: 'last-layer', warmUpBatch: 12 })])
    const own = traces.filter(({ phase }) => phase === 'warm-up')
    expect(own.map(({ granted }) => granted)).toEqual([0, 4, 4])
    const labels = tinyStream('class').experiences.map((e) => [...e.load().labels])
    own.slice(1).forEach(({ values }, i) => {
      const counts = Object.fromEntries(
        [...new Set(labels[i + 1])].map((k) => [k, labels[i + 1]?.filter((l) => l === k).length]),
      )
      expect(values['rows of rows by label']).toEqual(counts)
    })
  })
})

describe('a run of lwf', () => {
  const average = (log: ReturnType<typeof tinyRun>): number => {
    const last = log.accuracy.matrix.at(-1) ?? []
    return last.reduce((a, b) => a + b, 0) / last.length
  }

  it.each(['padded', 'each', 'all', 'old'] as const)(
    'forgets less than naive in a domain-incremental stream: heads %s',
    (how) => {
      const training = { batch: 8, iterations: 100 }
      const naive = average(tinyRun([], 'domain', { training }))
      expect(average(tinyRun([made({ heads: how, weighting: 'k-1' })], 'domain', { training }))).toBeGreaterThan(naive)
    },
  )

  it('is granted the rows of the experience only where its options read them', () => {
    expect(made({ heads: 'each' }).rights).toEqual({ boundary: true })
    expect(made({ heads: 'all' }).rights).toEqual({ boundary: true })
    for (const changes of [{}, { heads: 'all', active: 'seen' }, { heads: 'all', warmUp: 'last-layer' }] as const)
      expect(made(changes).rights).toEqual({ boundary: true, experience: true })
  })
})

describe('lwf beside replay', () => {
  it('adds the step that it adds alone, to rounding', () => {
    // filled at boundaries, replay does nothing in the first experience; one step of plain descent in each
    const replayed = () =>
      replay({
        capacity: 24,
        fill: 'boundary',
        perClass: 4,
        rows: 8,
        weighting: '1/k',
        order: 'uniform',
        balance: 'none',
      })
    const after = (method: Method): readonly number[] => {
      const learner = tinyLearner(method, {
        hidden: [8],
        steps: 1,
        optimiser: { name: 'sgd', rate: 0.5, boundary: 'keep' },
      })
      learner.learn()
      learner.learn()
      return learner.read('params')
    }
    const [none, kept, rehearsed, both] = [[], [made()], [replayed()], [made(), replayed()]].map(after)
    const added = (more: readonly number[] = [], less: readonly number[] = []) => more.map((p, i) => p - (less[i] ?? 0))
    expect(worst(added(both, rehearsed), added(kept, none))).toBeLessThan(1e-4)
    expect(Math.max(...added(kept, none).map(Math.abs))).toBeGreaterThan(1e-2)
  })
})

import { describe, expect, it } from 'vitest'
import { NEVER } from '../../src/analytic/linear.js'
import { logDensity, scatterOf } from '../../src/analytic/lowRankGaussian.js'
import { addToMoments, ridge } from '../../src/analytic/ridge.js'
import { addToDiscriminant, discriminate } from '../../src/analytic/streamingLda.js'
import { triangle } from '../../src/analytic/triangle.js'
import { evaluate } from '../../src/graph/evaluate.js'
import { input } from '../../src/graph/ops.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import type { LabelledRows } from '../../src/stream/stream.js'
import type { RunInput } from '../../src/train/runInput.js'
import { tinyLearner } from '../support/learner.js'
import { apart } from '../support/rows.js'
import { strategyOf as made, tried } from '../support/strategyOf.js'
import { tinyRun, tinyStream } from '../support/tiny.js'

const [inputs, outputs] = [6, 6]

/** Inputs [n, 6] of rows, as networks see them. */
const inputsOf = ({ pixels }: LabelledRows): Float64Array => Float64Array.from(pixels, (p) => Math.fround(p / 16))

/** A strategy after the first experiences of the tiny stream, each in 10 steps of 8 rows: two passes over its 40 rows. */
const taught = (strategy: AnyStrategy, experiences = 2) => {
  const learner = tinyLearner([strategy])
  const before = learner.read('params')
  for (let i = 0; i < experiences; i++) learner.learn()
  const rows = tinyStream('class')
    .experiences.slice(0, experiences)
    .map((e) => e.load())
  const statistics = learner.place.statistics.get(strategy.name) ?? {}
  /** Scores [n, outputs] of the rows of an experience: the graph in f64, on feeds in f32. */
  const scores = (of: LabelledRows): Float64Array => {
    const { network } = learner.world
    const dims = {
      outputs,
      inputs,
      height: 1,
      width: inputs,
      features: learner.world.features,
      layout: network.layout,
      experience: experiences,
      active: [],
    }
    const at = { host: null, key: { a: 0, b: 0 }, index: 0, buffers: {}, statistics }
    const read = (name: string): readonly number[] => learner.read(`${strategy.name}/tensor/${name}`)
    const [tensors, feeds] = [Object.entries(strategy.tensors ?? {}), Object.entries(strategy.feeds ?? {})]
    const expression = strategy.predict?.({
      network,
      params: input('params', [network.layout.size]),
      tensors: Object.fromEntries(tensors.map(([name, t]) => [name, input(name, t.shape(dims))])),
      feeds: Object.fromEntries(feeds.map(([name, f]) => [name, input(name, f.shape(dims))])),
      dims,
      x: input('x', [of.size, inputs]),
    })
    if (expression === undefined) throw new Error('no scores')
    const env = {
      params: learner.read('params'),
      x: inputsOf(of),
      ...Object.fromEntries(tensors.map(([name]) => [name, read(name)])),
      ...Object.fromEntries(feeds.map(([name, f]) => [name, [f.from(at)].flat()[0]])),
    }
    const known = Object.fromEntries(
      Object.entries(env).flatMap(([name, v]) => (v === undefined || typeof v === 'number' ? [] : [[name, v]])),
    )
    return Float64Array.from(evaluate([expression], known, 'f64')[0] ?? [])
  }
  return { before, after: learner.read('params'), rows, statistics, scores }
}

const every = [
  made('ncm'),
  made('slda'),
  made('ridge', { features: 20 }),
  made('ridge', { features: 20, form: 'recursive' }),
  made('gaussian', { rank: 2, batch: 16 }),
]

describe.each(every.map((s, i) => [s.name, i, s] as const))('%s (%d)', (_name, _i, strategy) => {
  it('trains no parameter, counts each row once, and scores outputs it never saw below all others', () => {
    const { before, after, rows, statistics, scores } = taught(strategy)
    expect(after).toEqual(before)
    const labels = rows.flatMap((r) => [...r.labels])
    expect([...(statistics.counts ?? [])]).toEqual(
      Array.from({ length: outputs }, (_, c) => labels.filter((label) => label === c).length),
    )
    const found = rows.flatMap((r) => [...scores(r)])
    expect(found.every(Number.isFinite)).toBe(true)
    const seen = found.filter((_, e) => e % outputs < 4)
    expect(found.filter((_, e) => e % outputs >= 4).every((v) => v < Math.min(...seen))).toBe(true)
  })

  it('is not moved by more passes, or by measuring more often', () => {
    const run = (iterations: number, measure: RunInput['measure'] = []) =>
      tinyRun([strategy], 'class', { training: { batch: 8, iterations }, measure }).accuracy.matrix
    const once = run(5)
    expect(run(15)).toEqual(once)
    expect(run(5, ['transfer'])).toEqual(once)
  })
})

describe('what is kept', () => {
  const bytes = (strategy: AnyStrategy): number => tinyRun([strategy]).costs.bytes.strategy
  it('is counted: 8 bytes a statistic, 4 a number of the random weights, and no working memory', () => {
    expect(bytes(made('ncm'))).toBe(8 * (36 + 6))
    expect(bytes(made('ncm', { space: 'features' }))).toBe(8 * (48 + 6))
    expect(bytes(made('slda'))).toBe(8 * (36 + 6 + triangle(6)))
    const ridges = 4 * 6 * 20 + 8 * (triangle(20) + 20 * 6 + 6)
    expect(bytes(made('ridge', { features: 20 }))).toBe(ridges)
    expect(bytes(made('ridge', { features: 20, form: 'recursive' }))).toBe(ridges)
    expect(bytes(made('gaussian', { rank: 2 }))).toBe(8 * 6 * (1 + 6 + 2 * 6 + 2 + 1))
    expect(bytes(made('gaussian', { rank: 50 }))).toBe(8 * 6 * (1 + 6 + 6 * 6 + 6 + 1))
  })

  it('costs what it costs: products of each row once, and solutions at every measurement', () => {
    const { costs } = tinyRun([made('slda')])
    expect(costs.training.macs).toBe(120 * (triangle(6) + 6))
    const { costs: ncm } = tinyRun([made('ncm')])
    expect(ncm.training.macs).toBe(0)
    const solution = Math.round(36 * (1 + 6))
    // the squares of the means, at each of 4 measurements
    const scores = ncm.evaluation.macs - 4 * 36
    const solutions = (costs.evaluation.macs - scores) / solution
    expect(solutions).toBeGreaterThan(2)
    expect(Number.isInteger(solutions)).toBe(true)
    const fitted = tinyRun([made('gaussian', { rank: 2 })]).costs.phases
    expect(fitted['gaussian/scatter']?.macs).toBe(120 * triangle(6))
    expect(fitted['gaussian/describe']?.macs).toBeGreaterThan(0)
  })
})

describe('the scores of an experience', () => {
  const all = (rows: readonly LabelledRows[]) => ({
    width: inputs,
    values: Float64Array.from(rows.flatMap((r) => [...inputsOf(r)])),
    labels: Int32Array.from(rows.flatMap((r) => [...r.labels])),
  })
  const dots = (x: Float64Array, weights: Float64Array, biases: Float64Array): readonly number[] => {
    const width = weights.length / outputs
    return Array.from({ length: (x.length / width) * outputs }, (_, e) => {
      const [row, c] = [Math.floor(e / outputs), e % outputs]
      return (
        biases[c]! + x.subarray(row * width, (row + 1) * width).reduce((s, v, k) => s + v * weights[c * width + k]!, 0)
      )
    })
  }
  /** Scores of the outputs that were seen. */
  const met = (scores: ArrayLike<number>) => Array.from(scores).filter((v) => v > NEVER / 2)

  it.each(['exact', 'published'] as const)(
    'of slda (%s) are those of linear discriminants of all rows: 1e-6',
    (covariance) => {
      const { rows, scores, statistics } = taught(made('slda', { covariance, shrinkage: 0.01 }))
      const d = { means: new Float64Array(36), counts: new Float64Array(6), scatter: new Float64Array(triangle(6)) }
      addToDiscriminant(d, all(rows), 'exact')
      const { means, counts } = statistics
      expect([apart(means ?? [], d.means), apart(counts ?? [], d.counts)].every((v) => v < 1e-13)).toBe(true)
      const kept = { ...d, scatter: statistics.scatter ?? d.scatter }
      // as published the scatter depends on the order, and is larger by the first rows of each class
      if (covariance === 'exact') expect(apart(kept.scatter, d.scatter)).toBeLessThan(1e-13)
      else expect(apart(kept.scatter, d.scatter)).toBeGreaterThan(0.01)
      const { weights, biases } = discriminate(kept, 0.01)
      const [first] = rows
      if (first === undefined) throw new Error('no rows')
      expect(apart(met(scores(first)), met(dots(inputsOf(first), weights, biases)))).toBeLessThan(1e-6)
    },
  )

  it.each(['batch', 'recursive'] as const)('of ridge (%s) are those of all rows learned together: 1e-5', (form) => {
    const strategy = made('ridge', { features: 20, form, lambda: 0.5 })
    const learner = tinyLearner([strategy])
    learner.learn()
    const random = learner.read('ridge/tensor/random')
    const { rows, scores } = taught(strategy)
    const hidden = (x: Float64Array): Float64Array =>
      Float64Array.from({ length: (x.length / inputs) * 20 }, (_, e) => {
        const row = x.subarray(Math.floor(e / 20) * inputs, (Math.floor(e / 20) + 1) * inputs)
        return Math.max(
          0,
          row.reduce((sum, v, k) => sum + v * (random[k * 20 + (e % 20)] ?? 0), 0),
        )
      })
    const m = { gram: new Float64Array(triangle(20)), products: new Float64Array(outputs * 20) }
    const { values, labels } = all(rows)
    addToMoments(m, { width: 20, values: hidden(values), labels })
    const [first] = rows
    if (first === undefined) throw new Error('no rows')
    const biases = Float64Array.from({ length: outputs }, (_, c) => (c < 4 ? 0 : NEVER))
    const wanted = dots(hidden(inputsOf(first)), ridge(m, 20, 0.5), biases)
    expect(apart(met(scores(first)), met(wanted))).toBeLessThan(1e-5)
  })

  it.each([
    [2, 0.05],
    [2, 'estimated'],
    [6, 0.05],
    [6, 'estimated'],
  ] as const)('of gaussian (rank %d, residual %s) are log densities: 1e-4', (rank, residual) => {
    const { rows, scores, statistics: s } = taught(made('gaussian', { rank, residual }))
    const [, second] = rows
    if (second === undefined) throw new Error('no rows')
    const x = inputsOf(second)
    const part = (name: string, c: number, size: number): Float64Array =>
      (s[name] ?? new Float64Array()).subarray(c * size, (c + 1) * size)
    const wanted = [...second.labels.keys()].flatMap((row) =>
      [0, 1, 2, 3].map((c) =>
        logDensity(
          {
            count: 1,
            mean: part('means', c, inputs),
            directions: part('directions', c, rank * inputs),
            variances: part('variances', c, rank),
            residual: s.residuals?.[c] ?? 0,
          },
          x.subarray(row * inputs, (row + 1) * inputs),
        ),
      ),
    )
    expect(apart(met(scores(second)), wanted)).toBeLessThan(1e-4)
  })

  it('of gaussian of full rank are the same when classes come back as when all rows come together: 1e-10', () => {
    const stream = tinyStream('domain')
    const learner = tinyLearner([made('gaussian', { rank: 6 })], { stream })
    const kept = stream.experiences.map((experience) => {
      learner.learn()
      return experience.load()
    })
    const { counts, means, directions, variances, residuals } = learner.place.statistics.get('gaussian') ?? {}
    const { values, labels } = all(kept)
    for (const c of [0, 1]) {
      const own = [...labels.keys()].filter((row) => labels[row] === c)
      const d = { means: new Float64Array(6), counts: new Float64Array(1), scatter: new Float64Array(triangle(6)) }
      const x = Float64Array.from(own.flatMap((row) => [...values.subarray(row * inputs, (row + 1) * inputs)]))
      addToDiscriminant(d, { width: inputs, values: x, labels: new Int32Array(own.length) }, 'exact')
      expect(counts?.[c]).toBe(own.length)
      const mean = means?.slice(c * 6, (c + 1) * 6) ?? new Float64Array()
      expect(apart(mean, d.means)).toBeLessThan(1e-12)
      const g = {
        count: own.length,
        mean,
        directions: directions?.subarray(c * 36, (c + 1) * 36) ?? new Float64Array(),
        variances: variances?.subarray(c * 6, (c + 1) * 6) ?? new Float64Array(),
        residual: residuals?.[c] ?? 0,
      }
      expect(apart(scatterOf(g, 0.05), d.scatter)).toBeLessThan(1e-10)
    }
  })
})

describe('options', () => {
  it.each([
    ['slda', { shrinkage: 0 }],
    ['slda', { covariance: 'none' }],
    ['ridge', { lambda: 0 }],
    ['ridge', { features: 0 }],
    ['ridge', { form: 'online' }],
    ['gaussian', { rank: 0 }],
    ['gaussian', { residual: 0 }],
    ['gaussian', { residual: 'none' }],
    ['ncm', { space: 'logits' }],
  ])('of %s refuse %o', (name, options) => {
    expect(tried(name, options)).toBeUndefined()
  })
})

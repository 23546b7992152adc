import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeWith } from '../../src/codec/decode.js'
import { parseDigits } from '../../src/data/digits.js'
import { grad } from '../../src/graph/grad.js'
import { input } from '../../src/graph/ops.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { icarl, icarlPlugin } from '../../src/strategy/icarl.js'
import { buildStream } from '../../src/stream/build.js'
import { scenario } from '../../src/stream/scenario.js'
import { runPhase } from '../../src/train/phase.js'
import { query } from '../../src/train/query.js'
import { tinyLearner } from '../support/learner.js'
import { batchOf, scopeOf, size, valueOf, valuesOf, worst } from '../support/scope.js'
import { tinyRun, tinyStream } from '../support/tiny.js'

const made = (changes: object = {}): AnyStrategy => {
  const decoded = decodeWith(icarlPlugin.options, { capacity: 12, batch: 16, ...changes })
  if (E.isLeft(decoded)) throw new Error(JSON.stringify(decoded.left))
  return icarl(decoded.right)
}

/** Logits of the linear network of hand-made scopes: a weight [2, 2] and a bias [2]. */
const logitsOf = (p: readonly number[], x: readonly number[]): readonly number[] =>
  [0, 1].map((k) => (x[0] ?? 0) * (p[k] ?? 0) + (x[1] ?? 0) * (p[2 + k] ?? 0) + (p[4 + k] ?? 0))

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z))
const binary = (z: number, target: number): number =>
  -target * Math.log(sigmoid(z)) - (1 - target) * Math.log(1 - sigmoid(z))
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

const params = [0.5, -1, 2, 0.25, 0, 1.5]
const old = [-1, 0.75, 0.5, 2, -0.25, 0.125]
const xs = [
  [0.5, 1],
  [-1, 0.25],
  [2, -0.75],
]
const ys = [1, 0, 1]

const length = (v: readonly number[]): number => Math.sqrt(v.reduce((sum, a) => sum + a * a, 0))
const unit = (v: readonly number[]): readonly number[] => v.map((a) => (length(v) > 0 ? a / length(v) : 0))
const distance = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + (value - (b[i] ?? 0)) ** 2, 0)
const meanOf = (rows: readonly (readonly number[])[]): readonly number[] =>
  (rows[0] ?? []).map((_, j) => mean(rows.map((row) => row[j] ?? 0)))

describe('the loss of icarl', () => {
  const asked = (changes: object, past: readonly number[], present: readonly number[], labels = ys) => {
    const strategy = made(changes)
    const scope = scopeOf(past.length === 0 ? 0 : 1, { tensors: { old: input('old', [size]) } })
    const batch = batchOf('batch', 4)
    const dims = { ...scope.dims, features: 2, past, present }
    const c = { ...scope, dims, batch, output: scope.network.apply(scope.params, batch.x) }
    // the last row only fills up the batch
    const weights = [1, 1, 1, 0]
    const env = { params, old, 'batch/x': [...xs, [9, 9]].flat(), 'batch/y': [...labels, 0], 'batch/weights': weights }
    if (typeof strategy.loss !== 'function') throw new Error('no loss')
    const loss = strategy.loss(c)
    return { loss: valueOf(loss, env), gradient: valuesOf(grad(loss, scope.params), env) }
  }
  const lossOf = (...of: Parameters<typeof asked>): number => asked(...of).loss
  /** By hand: rows, outputs so far, and what each of them is asked. */
  const byHand = (active: readonly number[], target: (row: number, k: number) => number): readonly number[] =>
    xs.map((x, row) =>
      active.map((k) => binary(logitsOf(params, x)[k] ?? 0, target(row, k))).reduce((a, b) => a + b, 0),
    )
  const label = (row: number, k: number): number => (ys[row] === k ? 1 : 0)

  it('asks each output whether it is the label while nothing is past (to 1e-12)', () => {
    expect(lossOf({ reduction: 'sum' }, [], [0, 1])).toBeCloseTo(mean(byHand([0, 1], label)), 12)
    expect(lossOf({ reduction: 'mean' }, [], [0, 1])).toBeCloseTo(mean(byHand([0, 1], label)) / 2, 12)
  })

  it('asks past outputs what the old network says of every row, at its temperature (to 1e-12)', () => {
    for (const temperature of [1, 2]) {
      const taught = (row: number, k: number): number =>
        k === 0 ? sigmoid((logitsOf(old, xs[row] ?? [])[0] ?? 0) / temperature) : label(row, k)
      const wanted = mean(byHand([0, 1], taught))
      expect(lossOf({ reduction: 'sum', temperature }, [0], [1])).toBeCloseTo(wanted, 12)
      expect(lossOf({ reduction: 'mean', temperature }, [0], [1])).toBeCloseTo(wanted / 2, 12)
    }
  })

  it('leaves out outputs that have not occurred (to 1e-12)', () => {
    for (const reduction of ['sum', 'mean'])
      expect(lossOf({ reduction }, [], [1], [1, 1, 1])).toBeCloseTo(mean(byHand([1], () => 1)), 12)
  })

  it('learns rows of past labels as near black where they are truncated: 1 becomes 1/255, less becomes 0 (to 1e-12)', () => {
    // rows as they are learned: those with label 0 are past
    const seen = xs.map((x, row) => (ys[row] === 0 ? x.map((value) => (value >= 1 ? 1 / 255 : 0)) : x))
    const target = (row: number, k: number): number =>
      k === 0 ? sigmoid(logitsOf(old, seen[row] ?? [])[0] ?? 0) : label(row, k)
    const wanted = mean(
      seen.map((x, row) =>
        [0, 1].map((k) => binary(logitsOf(params, x)[k] ?? 0, target(row, k))).reduce((a, b) => a + b, 0),
      ),
    )
    expect(lossOf({ reduction: 'sum', rehearsed: 'truncated' }, [0], [1])).toBeCloseTo(wanted, 12)
    expect(Math.abs(lossOf({ reduction: 'sum' }, [0], [1]) - wanted)).toBeGreaterThan(1e-3)
    // before anything is past, nothing is truncated
    expect(lossOf({ rehearsed: 'truncated' }, [], [0, 1])).toBe(lossOf({}, [], [0, 1]))
  })

  it('has the answers less the targets as its gradient, and none for outputs left out (to 1e-12)', () => {
    const away = (k: number) => xs.map((x, row) => sigmoid(logitsOf(params, x)[k] ?? 0) - label(row, k))
    const of = (k: number): readonly number[] => [
      ...[0, 1].map((j) => mean(away(k).map((a, row) => a * (xs[row]?.[j] ?? 0)))),
      mean(away(k)),
    ]
    const columns = (gradient: readonly number[], k: number) => [0, 2, 4].map((i) => gradient[i + k] ?? Number.NaN)
    const both = asked({ reduction: 'sum' }, [], [0, 1]).gradient
    for (const k of [0, 1]) expect(worst(columns(both, k), of(k))).toBeLessThan(1e-12)
    expect(columns(asked({}, [], [1], [1, 1, 1]).gradient, 0)).toEqual([0, 0, 0])
  })
})

describe('the prediction of icarl', () => {
  /** Scores of the rows `xs`; features of a network without hidden layers are the rows themselves. */
  const scores = (changes: object, experience: number, means: readonly number[], held: readonly number[]) => {
    const { network, params: theta, dims } = scopeOf(experience)
    const tensors = { means: input('means', [2, 2]), held: input('held', [2]) }
    const found = made(changes).predict?.({ network, params: theta, tensors, feeds: {}, dims, x: input('x', [3, 2]) })
    return valuesOf(found, { params, means, held, x: xs.flat() })
  }
  const centres = [
    [0.5, 1.5],
    [-2, 0.25],
  ]

  it('is minus the squared distance to the mean of each class (to 1e-12)', () => {
    const wanted = xs.flatMap((x) => centres.map((m) => -distance(x, m)))
    expect(worst(scores({ normalise: 'off' }, 1, centres.flat(), [1, 1]), wanted)).toBeLessThan(1e-12)
  })

  it('is that of features and means of length 1 when they are normalised (to 1e-12)', () => {
    const wanted = xs.flatMap((x) => centres.map((m) => -distance(unit(x), unit(m))))
    expect(worst(scores({ normalise: 'on' }, 1, centres.flat(), [1, 1]), wanted)).toBeLessThan(1e-12)
  })

  it('is very low but finite for a class without rows, and 0 is a feature like others', () => {
    const found = scores({ normalise: 'on' }, 1, [0, 0, -2, 0.25], [0, 1])
    expect(found.every(Number.isFinite)).toBe(true)
    for (const row of [0, 1, 2]) expect(found[2 * row]).toBeLessThan(-1e29)
  })

  it('is what the network says before the first boundary', () => {
    expect(scores({}, 0, [0, 0, 0, 0], [0, 0])).toEqual(xs.flatMap((x) => logitsOf(params, x)))
  })
})

/** Learns experiences of the tiny stream with 8 features; what is held, and features of rows in f64. */
const learned = (changes: object, experiences: number) => {
  const stream = tinyStream('class')
  const learner = tinyLearner([made(changes)], { stream, hidden: [8] })
  const { network, buffers, inputs, scale } = learner.world
  const held = () => {
    const memory = buffers.get('icarl/memory')
    const pixels = learner.read('icarl/memory/x')
    return Array.from({ length: memory?.size ?? 0 }, (_, i) => ({
      label: memory?.labels[i] ?? -1,
      pixels: pixels.slice(i * inputs, (i + 1) * inputs),
    }))
  }
  const featuresOf = (pixels: readonly (readonly number[])[]): readonly (readonly number[])[] => {
    const x = pixels.flat().map((v) => v / scale)
    const { features } = network.apply(input('params', [network.layout.size]), input('x', [pixels.length, inputs]))
    const values = valuesOf(features, { params: learner.read('params'), x })
    return pixels.map((_, i) => values.slice(8 * i, 8 * (i + 1)))
  }
  /** Pixels of the training rows of one class, in the order of the stream. */
  const rowsOf = (label: number): readonly (readonly number[])[] => {
    const rows = stream.experiences[Math.floor(label / 2)]?.load()
    return Array.from({ length: rows?.size ?? 0 }, (_, i) => i).flatMap((i) =>
      rows?.labels[i] === label ? [[...rows.pixels.subarray(i * inputs, (i + 1) * inputs)]] : [],
    )
  }
  const after = Array.from({ length: experiences }, () => {
    learner.learn()
    return held()
  })
  return { ...learner, stream, after, featuresOf, rowsOf }
}

describe('the rows that icarl holds', () => {
  const counts = (rows: readonly { readonly label: number }[]): Readonly<Record<number, number>> =>
    Object.fromEntries([...new Set(rows.map((r) => r.label))].map((k) => [k, rows.filter((r) => r.label === k).length]))

  it('are the same number of every class so far: fewer with every experience', () => {
    const { after } = learned({ capacity: 13 }, 3)
    expect(after.map(counts)).toEqual([
      { 0: 6, 1: 6 },
      { 0: 3, 1: 3, 2: 3, 3: 3 },
      { 0: 2, 1: 2, 2: 2, 3: 2, 4: 2, 5: 2 },
    ])
  })

  it('are of every class as many as it says when the quota is fixed, or all that there are', () => {
    const { after } = learned({ capacity: 150, quota: 'fixed', perClass: 5 }, 3)
    expect(after.map((rows) => new Set(Object.values(counts(rows))))).toEqual([
      new Set([5]),
      new Set([5]),
      new Set([5]),
    ])
    expect(counts(learned({ capacity: 150, quota: 'fixed', perClass: 25 }, 1).after[0] ?? [])).toEqual({ 0: 20, 1: 20 })
  })

  it('are the first of those that their class held before', () => {
    const { after } = learned({ capacity: 13 }, 3)
    const [first, second, third] = after.map((rows) => (label: number) => rows.filter((r) => r.label === label))
    for (const label of [0, 1]) {
      expect(second?.(label)).toEqual(first?.(label).slice(0, 3))
      expect(third?.(label)).toEqual(first?.(label).slice(0, 2))
    }
    for (const label of [2, 3]) expect(third?.(label)).toEqual(second?.(label).slice(0, 2))
  })

  it.each(['on', 'off'])('come in the order of herding, features normalised: %s', (normalise) => {
    const { after, featuresOf, rowsOf } = learned({ capacity: 16, normalise }, 2)
    const held = after[1] ?? []
    for (const label of [2, 3]) {
      const rows = rowsOf(label)
      const features = normalise === 'on' ? featuresOf(rows).map(unit) : featuresOf(rows)
      const target = normalise === 'on' ? unit(meanOf(features)) : meanOf(features)
      const order: number[] = []
      while (order.length < 4) {
        const rated = features.map((_, i) =>
          order.includes(i) ? Infinity : distance(meanOf([...order, i].map((k) => features[k] ?? [])), target),
        )
        order.push(rated.indexOf(Math.min(...rated)))
      }
      expect(held.filter((r) => r.label === label).map((r) => r.pixels)).toEqual(order.map((i) => rows[i]))
    }
  })

  it('are learned again with those of the next experience, and leave nothing on the host', () => {
    const { ledger, place, learn } = learned({ capacity: 12 }, 1)
    expect(ledger.rowsRead.get('icarl/memory') ?? 0).toBe(0)
    const before = place.rows
    learn()
    const read = ledger.rowsRead.get('icarl/memory') ?? 0
    // 10 steps of 8 rows over 52 rows, of which 12 are held
    expect(read).toBeGreaterThan(0)
    expect(place.rows - before).toBe(80 - read)
    expect(place.host.get('icarl')).toEqual({ features: [], labels: [], chosen: [] })
  })

  it('cost what choosing them takes: a distance to every row of a class at every choice', () => {
    const { ledger } = learned({ capacity: 12 }, 1)
    // 6 choices among 20 rows of 8 features, for two classes
    expect(ledger.phases.get('icarl/choose')?.spent.macs).toBe(2 * 6 * 20 * 8)
  })
})

describe('a measurement of icarl', () => {
  const centres = (found: ReturnType<typeof learned>, label: number, normalise: string) => {
    const rows = (found.after.at(-1) ?? []).filter((r) => r.label === label).map((r) => r.pixels)
    const features = found.featuresOf(rows)
    return normalise === 'on' ? features.map(unit) : features
  }
  const meansPhase = (found: ReturnType<typeof learned>): readonly number[] => {
    const sleeper = found.steppers.sleepers.find(({ phase }) => phase.name === 'means')
    if (sleeper === undefined) throw new Error('no phase')
    runPhase(found.world, found.place, found.ledger, sleeper, 0, () => undefined)
    return found.read('icarl/tensor/means')
  }

  it.each(['on', 'off'])(
    'takes the means of the rows held by the network as it is, normalised: %s (to 1e-5)',
    (normalise) => {
      const found = learned({ capacity: 40, normalise, batch: 16 }, 2)
      const wanted = [0, 1, 2, 3].flatMap((label) => meanOf(centres(found, label, normalise)))
      expect(worst(meansPhase(found), [...wanted, ...Array<number>(16).fill(0)])).toBeLessThan(1e-5)
    },
  )

  it('halves the mean with every chunk of rows, when it is asked to (to 1e-5)', () => {
    const found = learned({ capacity: 40, normalise: 'off', batch: 16, means: 'halved', chunk: 4 }, 2)
    const wanted = [0, 1, 2, 3].flatMap((label) => {
      const features = centres(found, label, 'off')
      let running = meanOf(features.slice(0, 4))
      for (let from = 4; from < features.length; from += 4) {
        const next = meanOf(features.slice(from, from + 4))
        running = running.map((v, j) => (v + (next[j] ?? 0)) / 2)
      }
      return running
    })
    expect(centres(found, 0, 'off')).toHaveLength(10)
    expect(worst(meansPhase(found), [...wanted, ...Array<number>(16).fill(0)])).toBeLessThan(1e-5)
  })

  it('classifies test rows by the nearest of these means, is charged every time, and changes nothing', () => {
    const found = learned({ capacity: 12 }, 2)
    const means = [0, 1, 2, 3].map((label) => unit(meanOf(centres(found, label, 'on'))))
    const right = (context: number): number => {
      const test = found.stream.contexts[context]?.test()
      const rows = Array.from({ length: test?.size ?? 0 }, (_, i) => [
        ...(test?.pixels.subarray(6 * i, 6 * i + 6) ?? []),
      ])
      const nearest = found.featuresOf(rows).map((f) => {
        const distances = means.map((m) => distance(unit(f), m))
        return distances.indexOf(Math.min(...distances))
      })
      return nearest.filter((k, i) => k === test?.labels[i]).length / nearest.length
    }
    const before = ['params', 'icarl/tensor/means', 'icarl/tensor/old'].map(found.read)
    const measure = () => query(found, found.steppers, [0, 1, 2]).measured?.map(({ accuracy }) => accuracy)
    expect(measure()).toEqual([right(0), right(1), 0])
    const once = found.ledger.phases.get('icarl/means')?.spent.macs ?? 0
    expect(once).toBeGreaterThan(0)
    expect(measure()).toEqual([right(0), right(1), 0])
    expect(found.ledger.phases.get('icarl/means')?.spent.macs).toBe(2 * once)
    expect(['params', 'icarl/tensor/means', 'icarl/tensor/old'].map(found.read)).toEqual(before)
  })

  it('leaves the copy of the network, made at each boundary, and rows as all that is kept', () => {
    const found = learned({ capacity: 12 }, 2)
    expect(found.read('icarl/tensor/old')).toEqual(found.read('params'))
    const { bytes } = tinyRun([made()]).costs
    expect(bytes.strategy).toBe(bytes.parameters)
    // 12 rows of 6 pixels and a label
    expect(bytes.buffers).toBe(12 * (6 + 4))
  })
})

describe('icarl in a stream of digits', () => {
  it('remembers what a network that is trained on them in turn forgets', () => {
    const parsed = parseDigits(new Uint8Array(readFileSync('data/digits.bin')), 'test')
    const decoded = decodeWith(scenario, JSON.parse(readFileSync('scenarios/split-digits-class.json', 'utf8')))
    if (E.isLeft(parsed) || E.isLeft(decoded)) throw new Error('no digits')
    const stream = buildStream(decoded.right, parsed.right, 1)
    if (E.isLeft(stream)) throw new Error('no stream')
    const last = (method: readonly AnyStrategy[]): number => {
      const training = { batch: 10, epochs: 1 }
      const model = { kind: 'mlp', hidden: [32], initialiser: 'glorot' } as const
      const optimiser = { name: 'sgd', rate: 0.1, boundary: 'keep' } as const
      const log = tinyRun(method, 'class', { stream: stream.right, training, model, optimiser })
      return mean(log.accuracy.matrix.at(-1) ?? [])
    }
    expect(last([])).toBeLessThan(0.25)
    expect(last([made({ capacity: 50, normalise: 'off', means: 'halved' })])).toBeGreaterThan(0.6)
  })
})

describe('icarl is refused', () => {
  const facts = { kind: 'class', outputs: 10, contexts: 5, experiences: 5 } as const
  it('when a class could have no row', () => {
    expect(made({ capacity: 9 }).refuse?.(facts)).toEqual([
      "'icarl' (capacity 9): fewer rows than the 10 outputs; 10 or more",
    ])
    // decoded, as of every other strategy, so that it is refused together with all else
    expect(made({ capacity: 0 }).refuse?.(facts)).toHaveLength(1)
    expect(made({ capacity: 999, quota: 'fixed' }).refuse?.(facts)).toEqual([
      "'icarl' (capacity 999, perClass 100): fewer rows than 10 outputs may have; 1000 or more",
    ])
    expect(made({ capacity: 10 }).refuse?.(facts)).toEqual([])
    expect(made({ capacity: 1000, quota: 'fixed' }).refuse?.(facts)).toEqual([])
  })

  it('where outputs come again, with every reason at once', () => {
    const reasons = made({ capacity: 1 }).refuse?.({ ...facts, kind: 'domain', outputs: 2 }) ?? []
    expect(reasons.map((text) => text.slice(0, 24))).toEqual(["'icarl' (capacity 1): fe", "'icarl': an output that "])
    expect(made({ capacity: 10 }).refuse?.({ ...facts, experiences: 6 })).toHaveLength(1)
    expect(made({ capacity: 10 }).refuse?.({ ...facts, cumulative: true })).toHaveLength(1)
  })
})

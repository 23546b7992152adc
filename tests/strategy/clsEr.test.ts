import { describe, expect, it } from 'vitest'
import { clsEr, type ClsErOptions } from '../../src/strategy/clsEr.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { smallStream } from '../../src/testing/arbitraries/smallStream.js'
import { tinyLearner } from '../support/learner.js'
import {
  descend,
  entropyPull,
  logitsOf,
  minus,
  type Pull,
  rehearsed,
  type Remembered,
  scaled,
  softmaxOf,
  watched,
} from '../support/rehearsal.js'
import { worst } from '../support/scope.js'
import { learnedIn, tinyRun } from '../support/tiny.js'

const options: ClsErOptions = {
  capacity: 200,
  rows: 8,
  consistency: 2,
  stable: { frequency: 0.5, decay: 0.9 },
  plastic: { frequency: 0.75, decay: 0.75 },
  predict: 'stable',
}
const made = (changes: Partial<ClsErOptions> = {}): AnyStrategy => clsEr({ ...options, ...changes })

/** Parameters and both copies after each of twelve steps, and before the first. */
const followed = (changes: Partial<ClsErOptions>) => {
  const stream = smallStream({ kind: 'domain', contexts: 12, classes: 2, half: 3, size: 8, testSize: 4, seed: 3 })
  const { strategy, given } = watched(made(changes))
  const learner = tinyLearner([strategy], { steps: 1, stream })
  const now = () => ({
    params: learner.read('params'),
    stable: learner.read('cls-er/tensor/stable'),
    plastic: learner.read('cls-er/tensor/plastic'),
  })
  const states = [now()]
  for (let step = 0; step < 12; step++) {
    learner.learn()
    states.push(now())
  }
  return { states, given }
}

const always = (decay: number) => ({ frequency: 1, decay })

describe('a copy of cls-er', () => {
  it('is the network at first', () => {
    const [first] = followed({}).states
    expect(first?.stable).toEqual(first?.params)
    expect(first?.plastic).toEqual(first?.params)
  })

  it('with decay 1 is the even mean of the network at first and after every step (to 1e-6)', () => {
    const { states } = followed({ stable: always(1) })
    states.forEach(({ stable }, n) => {
      const mean = stable.map(
        (_, i) => states.slice(0, n + 1).reduce((s, { params }) => s + (params[i] ?? 0), 0) / (n + 1),
      )
      expect(worst(stable, mean)).toBeLessThan(1e-6)
    })
  })

  it('has the closed form of an average whose decay warms up from 1/2 (to 1e-6)', () => {
    const decay = 0.75
    const { states } = followed({ plastic: always(decay) })
    const a = (n: number): number => Math.min(1 - 1 / (n + 1), decay)
    states.forEach(({ plastic }, n) => {
      // what is left, after step n, of the network as it was after step m; m = 0: of the first copy
      const left = (m: number): number => {
        let rest = m === 0 ? 1 : 1 - a(m)
        for (let later = m + 1; later <= n; later++) rest *= a(later)
        return rest
      }
      const wanted = plastic.map((_, i) =>
        states.slice(0, n + 1).reduce((s, { params }, m) => s + left(m) * (params[i] ?? 0), 0),
      )
      expect(worst(plastic, wanted)).toBeLessThan(1e-6)
    })
    expect(
      worst(
        states[1]?.plastic ?? [],
        (states[0]?.params ?? []).map((p, i) => (p + (states[1]?.params[i] ?? 0)) / 2),
      ),
    ).toBeLessThan(1e-6)
  })

  it('with decay 0 is the working network after every step', () => {
    for (const { params, plastic } of followed({ plastic: always(0) }).states) expect(plastic).toEqual(params)
  })

  it('with frequency 0 never moves, to the bit', () => {
    const { states } = followed({ stable: { frequency: 0, decay: 0.9 } })
    for (const { stable } of states) expect(stable).toEqual(states[0]?.params)
  })

  it('moves with its own frequency, not with that of the other, and keeps its bits when it is not drawn', () => {
    const { states, given } = followed({})
    const moved = { stable: 0, plastic: 0, apart: 0 }
    given.forEach(({ feeds }, step) => {
      const [before, after] = [states[step], states[step + 1]]
      for (const name of ['stable', 'plastic'] as const) {
        if (feeds[name] === 0) expect(after?.[name]).toEqual(before?.[name])
        else expect(after?.[name]).not.toEqual(before?.[name])
        moved[name] += feeds[name] ?? 0
      }
      moved.apart += feeds['stable'] === feeds['plastic'] ? 0 : 1
    })
    expect(moved.stable).toBeGreaterThan(0)
    expect(moved.stable).toBeLessThan(12)
    expect(moved.apart).toBeGreaterThan(0)
  })

  it('is drawn as often as its frequency says, independently of the other (four standard deviations of 2000 draws)', () => {
    const { strategy, given } = watched(made({ capacity: 6, rows: 1 }))
    tinyRun([strategy], 'domain', {
      training: { batch: 8, iterations: 667 },
      model: { kind: 'mlp', hidden: [], initialiser: 'pytorch' },
    })
    const near = (holds: (feeds: Readonly<Record<string, number>>) => boolean, p: number): void => {
      const share = given.filter(({ feeds }) => holds(feeds)).length / given.length
      expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / given.length))
    }
    expect(given.length).toBe(2001)
    near(({ stable }) => stable === 1, 0.5)
    near(({ plastic }) => plastic === 1, 0.75)
    near(({ stable, plastic }) => stable === 1 && plastic === 1, 0.375)
  })
})

describe('cls-er', () => {
  it.each(['task', 'domain', 'class'] as const)(
    'moves parameters and copies as a plain loop in f64 does, in 15 steps (%s, to 1e-5)',
    (kind) => {
      const run = rehearsed(made(), kind)
      const { rows, outputs, among, rate } = run
      const copies = { stable: run.start, plastic: run.start }
      const chosen = { stable: 0, plastic: 0 }
      let params = run.start
      run.steps.forEach(({ incoming, slots, feeds }, step) => {
        const replayed = (slots['replay'] ?? []).flatMap((slot) => rows[slot] ?? [])
        const right = (of: readonly number[], row: Remembered): number =>
          softmaxOf(logitsOf(of, row.x, outputs), among(row))[row.y] ?? 0
        const learned = [...incoming, ...replayed].map((row): Pull => {
          const pull = entropyPull(logitsOf(params, row.x, outputs), row.y, among(row))
          return { x: row.x, logits: scaled(pull, 1 / (8 + replayed.length)) }
        })
        const held = replayed.map((row): Pull => {
          const better = right(copies.stable, row) > right(copies.plastic, row) ? 'stable' : 'plastic'
          chosen[better]++
          const apart = minus(logitsOf(params, row.x, outputs), logitsOf(copies[better], row.x, outputs))
          return { x: row.x, logits: scaled(apart, (2 * 2) / (replayed.length * outputs)) }
        })
        params = descend(params, [...learned, ...held], rate)
        for (const name of ['stable', 'plastic'] as const) {
          const a = Math.min(1 - 1 / (step + 2), options[name].decay)
          if (feeds[name] === 1) copies[name] = copies[name].map((s, i) => a * s + (1 - a) * (params[i] ?? 0))
        }
      })
      expect(Math.min(chosen.stable, chosen.plastic)).toBeGreaterThan(5)
      expect(worst(run.end, params)).toBeLessThan(1e-5)
      for (const name of ['stable', 'plastic'] as const)
        expect(worst(run.read(`cls-er/tensor/${name}`), copies[name])).toBeLessThan(1e-5)
    },
  )

  it.each(['stable', 'plastic', 'working'] as const)('predicts with the %s network', (predict) => {
    const learner = tinyLearner([made({ predict })])
    const { store, network } = learner.world
    // all weights 0, a bias for one output: it is chosen for every row
    const choosing = (k: number) => {
      const params = new Float32Array(network.layout.size)
      params[network.layout.size - 6 + k] = 1
      return params
    }
    store.write('params', choosing(0))
    store.write('cls-er/tensor/stable', choosing(2))
    store.write('cls-er/tensor/plastic', choosing(4))
    const place = ['working', 'stable', 'plastic'].indexOf(predict)
    // labels 0 and 1, 2 and 3, 4 and 5 in equal parts
    expect(learner.evaluator.measure([0, 1, 2])?.map(({ accuracy }) => accuracy)).toEqual(
      [0, 1, 2].map((k) => (k === place ? 0.5 : 0)),
    )
  })

  it('learns the same whichever network predicts, bit for bit', () => {
    const parameters = (['stable', 'plastic', 'working'] as const).map(
      (predict) => learnedIn(tinyRun([made({ predict })])).parameters,
    )
    expect(parameters[1]).toEqual(parameters[0])
    expect(parameters[2]).toEqual(parameters[0])
  })

  it('is refused with fewer rows than outputs', () => {
    const facts = { kind: 'class', outputs: 6, contexts: 3, experiences: 3 } as const
    expect(made({ capacity: 6 }).refuse?.(facts)).toEqual([])
    expect(made({ capacity: 5 }).refuse?.(facts)).toHaveLength(1)
  })
})

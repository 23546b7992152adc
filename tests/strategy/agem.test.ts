import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeWith } from '../../src/codec/decode.js'
import { evaluate } from '../../src/graph/evaluate.js'
import { grad } from '../../src/graph/grad.js'
import type { Expr } from '../../src/graph/expr.js'
import { abs, add, div, input, mul, sqrt, square, sub, sum, zeros } from '../../src/graph/ops.js'
import { key } from '../../src/random/key.js'
import { agem, type AgemOptions, agemPlugin, halfSpace } from '../../src/strategy/agem.js'
import type { AnyContext, AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { ewc } from '../../src/strategy/ewc.js'
import { batchOf, scopeOf, size, valuesOf } from '../support/scope.js'
import { tinyRun } from '../support/tiny.js'

const options: AgemOptions = {
  capacity: 24,
  rows: 8,
  fill: 'one-batch',
  perBoundary: 10,
  perClass: 4,
  order: 'uniform',
  balance: 'none',
  epsilon: 0,
}
const made = (changes: Partial<AgemOptions> = {}): AnyStrategy => agem({ ...options, ...changes })

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((s, x, i) => s + x * (b[i] ?? 0), 0)
const vector = (n: number): fc.Arbitrary<number[]> =>
  fc.array(
    fc.integer({ min: -4096, max: 4096 }).map((k) => k / 1024),
    { minLength: n, maxLength: n },
  )
const vectors = fc.integer({ min: 1, max: 9 }).chain((n) => fc.tuple(vector(n), vector(n)))

/** g projected with reference r, in f32. */
const projected = (g: readonly number[], r: readonly number[], epsilon = 0): readonly number[] => {
  const made = halfSpace(input('g', [g.length]), input('r', [r.length]), epsilon)
  return [...(evaluate([made], { g, r }, 'f32')[0] ?? [])]
}

describe('the projection of a-gem', () => {
  it('leaves g as it is, bit for bit, when g·r >= 0', () => {
    fc.assert(
      fc.property(vectors, fc.constantFrom(0, 1e-7), ([g, r], epsilon) => {
        if (dot(g, r) >= 0) expect(projected(g, r, epsilon)).toEqual(g)
      }),
    )
  })

  it('gives g·r >= -1e-6 |g| |r| without epsilon, and is the nearest vector that does', () => {
    fc.assert(
      fc.property(vectors, ([g, r]) => {
        if (dot(g, r) >= 0) return
        const made = projected(g, r)
        expect(dot(made, r)).toBeGreaterThanOrEqual(-1e-6 * Math.sqrt(dot(g, g) * dot(r, r)))
        // what was taken away is along r, and as much as g had of it
        const unit = r.map((x) => x / Math.sqrt(dot(r, r)))
        g.forEach((x, i) => expect(made[i]).toBeCloseTo(x - dot(g, unit) * (unit[i] ?? 0), 5))
      }),
    )
  })

  it('falls short by the share epsilon / (r·r + epsilon)', () => {
    fc.assert(
      fc.property(vectors, fc.constantFrom(1e-7, 0.5, 10), ([g, r], epsilon) => {
        if (dot(g, r) >= 0) return
        const wanted = (dot(g, r) * epsilon) / (dot(r, r) + epsilon)
        expect(Math.abs(dot(projected(g, r, epsilon), r) - wanted)).toBeLessThan(
          1e-6 * Math.sqrt(dot(g, g) * dot(r, r)),
        )
      }),
    )
  })

  it('does nothing where there is no reference gradient, or one without a direction in f32', () => {
    for (const r of [0, -1e-20, 1e-30]) expect(projected([1, -2, 3], [r, r, r]), String(r)).toEqual([1, -2, 3])
    // just above: the result is finite
    expect(projected([1, -2, 3], [-1e-15, 0, 0])).toEqual([0, -2, 3])
  })
})

describe('the reference gradient of a-gem', () => {
  it('is of the mean loss over the drawn rows, padding left out, with the parameters of the step', () => {
    const past = batchOf('past', 3)
    const c = scopeOf(1, { batches: { past }, gradient: input('g', [size]) })
    const loss = c.losses(c.network.apply(c.params, past.x).logits, past.y, past)
    const env = {
      params: [0.5, -1, 2, 0.25, 0, 1.5],
      'past/x': [1, 1, 0.25, 1, 0, 0.75],
      'past/y': [1, 0, 0],
      'past/weights': [1, 1, 0],
    }
    const r = valuesOf(grad(sum(mul(loss, input('half', [3]))), c.params), { ...env, half: [0.5, 0.5, 0] })
    const g = r.map((x, i) => -x + (i === 0 ? 1 : 0))
    const by = dot(g, r) / dot(r, r)
    expect(by).toBeLessThan(0)
    valuesOf(made().gradient?.(c), { ...env, g }).forEach((x, i) => {
      expect(x).toBeCloseTo((g[i] ?? 0) - by * (r[i] ?? 0), 12)
    })
  })

  it('is none when nothing is drawn', () => {
    const c = scopeOf(1)
    expect(made().gradient?.(c)).toBe(c.gradient)
  })
})

/** What a step showed: g·r of the projected and of the whole gradient in units of |g| |r|, how far they are apart, rows held. */
interface Seen {
  readonly after: number
  readonly before: number
  readonly moved: number
  readonly held: number
}

/** The strategy, telling what every step with a reference gradient shows; `whole`: the objective besides the loss. */
const watched = (
  strategy: AnyStrategy,
  seen: Seen[],
  whole: (c: AnyContext) => Expr = () => zeros([]),
): AnyStrategy => ({
  ...strategy,
  commit: (c) => {
    const m = c.batches.past
    if (m === undefined || c.gradient === undefined || c.loss === undefined) return {}
    const r = grad(c.mean(c.losses(c.network.apply(c.params, m.x).logits, m.y, m), m), c.params)
    const g = grad(add(c.loss, whole(c)), c.params)
    const scale = sqrt(mul(sum(square(g)), sum(square(r))))
    return {
      emits: {
        after: div(sum(mul(c.gradient, r)), scale),
        before: div(sum(mul(g, r)), scale),
        moved: sum(abs(sub(c.gradient, g))),
      },
    }
  },
  observe: (host, { emits, buffers }) => {
    const { after, before, moved } = emits
    if (after !== undefined)
      seen.push({
        after: Number(after),
        before: Number(before),
        moved: Number(moved),
        held: buffers.memory?.size ?? 0,
      })
    return host
  },
})

const fills: readonly (readonly [string, Partial<AgemOptions>])[] = [
  ['one batch at each boundary', {}],
  ['rows of each class', { fill: 'per-class', order: 'shuffled-passes' }],
  ['rows of each class, by context', { fill: 'per-class', order: 'shuffled-passes', balance: 'context' }],
  ['rows of each class, uniformly by context', { fill: 'per-class', balance: 'context' }],
  ['a reservoir', { fill: 'reservoir' }],
]

describe.each(fills)('a run of a-gem with %s', (_, changes) => {
  it.each(['task', 'class'] as const)('never steps against its reference gradient (%s)', (kind) => {
    const seen: Seen[] = []
    tinyRun([watched(made(changes), seen)], kind)
    expect(seen.length).toBeGreaterThanOrEqual(50)
    for (const { after, before, moved } of seen) {
      // five roundings of a cosine in f32
      expect(after).toBeGreaterThanOrEqual(-1e-6)
      if (before > 1e-6) expect(moved).toBe(0)
      if (before < -1e-6) expect(moved).toBeGreaterThan(0)
    }
    expect(seen.some(({ before }) => before < -1e-6)).toBe(true)
    // where all outputs compete, every step is against the past
    if (kind === 'task') expect(seen.some(({ before }) => before > 1e-6)).toBe(true)
  })

  it('holds no more rows than its capacity at any step', () => {
    for (const capacity of [0, 1, 7, 30]) {
      const held: number[] = []
      const strategy = made({ ...changes, capacity })
      const observe: AnyStrategy['observe'] = (host, { buffers }) => {
        held.push(buffers.memory?.size ?? 0)
        return host
      }
      tinyRun([{ ...strategy, observe }])
      expect(held.length).toBe(75)
      expect(Math.max(...held)).toBeLessThanOrEqual(capacity)
      // two past experiences with two classes each, or all rows
      const offered = { 'one-batch': 20, 'per-class': 16, reservoir: 120 }[changes.fill ?? 'one-batch']
      expect(held.at(-1)).toBe(Math.min(capacity, offered))
    }
  })
})

describe('the gradient that a-gem projects', () => {
  it('is that of the whole objective, after the strategies listed before', () => {
    const pull: AnyStrategy = {
      name: 'pull',
      rights: {},
      objective: ({ params }) => [{ name: 'pull', value: mul(0.5, sum(square(sub(params, 1)))) }],
    }
    const whole = ({ params }: AnyContext): Expr => mul(0.5, sum(square(sub(params, 1))))
    const [own, doubled]: [Seen[], Seen[]] = [[], []]
    tinyRun([pull, watched(made({ fill: 'reservoir' }), own, whole)])
    expect(own.some(({ before }) => before < -1e-6)).toBe(true)
    for (const { after, before, moved } of own) {
      expect(after).toBeGreaterThanOrEqual(-1e-6)
      // the two sums of the gradient are made in different orders
      if (before > 1e-6) expect(moved).toBeLessThan(1e-4)
    }
    const double: AnyStrategy = { name: 'double', rights: {}, gradient: (c) => mul(2, c.gradient ?? 0) }
    tinyRun([double, watched(made({ fill: 'reservoir' }), doubled)])
    expect(doubled.every(({ after, moved }) => after >= -2e-6 && moved > 0)).toBe(true)
  })

  it('has the penalty of ewc in it: both run together, a-gem having the last word', () => {
    const seen: Seen[] = []
    const penalty = ewc({
      lambda: 5,
      mode: 'online',
      gamma: 1,
      fisher: 'empirical',
      rows: 'all',
      divisor: 'N',
      step: 'explicit',
      batch: 16,
    })
    const log = tinyRun([penalty, watched(made(), seen)])
    expect(log.status.kind).toBe('complete')
    expect(seen.length).toBe(50)
    for (const { after } of seen) expect(after).toBeGreaterThanOrEqual(-1e-6)
  })
})

describe('the reservoir of a-gem', () => {
  it('counts the rows that were offered: 5 slots admit 5 / (n + 1) of rows number n = 20 to 29', () => {
    const memory = made({ capacity: 5 }).phases?.[0]?.keep?.memory
    const labels = new Int32Array(10)
    const first = new Uint8Array(10)
    const buffer = { capacity: 5, size: 5, seen: 0, seenOf: [], labels: labels.slice(0, 5), first: first.slice(0, 5) }
    const incoming = { size: 10, seen: 10, labels, first }
    const at = (i: number) => ({
      host: null,
      key: key(i),
      index: 0,
      buffers: {},
      statistics: {},
      experience: 3,
      since: 0,
    })
    const runs = 2000
    let admitted = 0
    for (let i = 0; i < runs; i++) admitted += memory?.admit(buffer, incoming, at(i)).slots.length ?? Number.NaN
    const wanted = Array.from({ length: 10 }, (_, i) => 5 / (21 + i)).reduce((a, b) => a + b, 0)
    // four standard deviations of the mean of so many runs
    expect(Math.abs(admitted / runs - wanted)).toBeLessThan((4 * Math.sqrt(wanted)) / Math.sqrt(runs))
  })
})

describe('what a-gem draws', () => {
  const rowsDrawn = (changes: Partial<AgemOptions>): readonly (readonly number[])[] => {
    const drawn: number[][] = []
    const strategy = made(changes)
    const past = strategy.draws?.past
    if (past === undefined) throw new Error('there is no draw')
    tinyRun([
      {
        ...strategy,
        draws: {
          past: {
            ...past,
            pick: (from, at) => {
              const picked = past.pick(from, at)
              drawn.push([...picked].map((slot) => from.experiences?.[slot] ?? -1))
              return picked
            },
          },
        },
      },
    ])
    return drawn
  }

  it('is as many rows as there are, at most `rows`', () => {
    expect(rowsDrawn({ perBoundary: 5 }).map((d) => d.length)).toEqual([
      ...Array<number>(25).fill(5),
      ...Array<number>(25).fill(8),
    ])
  })

  it.each(['uniform', 'shuffled-passes'] as const)('is ceil(rows / past) rows of each past context (%s)', (order) => {
    const drawn = rowsDrawn({ fill: 'per-class', balance: 'context', order, rows: 7 })
    expect(drawn.slice(0, 25).every((d) => d.length === 7 && d.every((e) => e === 0))).toBe(true)
    for (const d of drawn.slice(25)) expect([...d].sort((a, b) => a - b)).toEqual([0, 0, 0, 0, 1, 1, 1, 1])
    expect(drawn.length).toBe(50)
  })
})

describe('the options of a-gem', () => {
  it('refuse contexts in a reservoir that also holds rows of the current one', () => {
    const decoded = decodeWith(agemPlugin.options, { capacity: 5, fill: 'reservoir', balance: 'context' })
    expect(E.isLeft(decoded) && decoded.left.map((p) => p.expected)).toEqual(["'none' where fill is 'reservoir'"])
  })
})

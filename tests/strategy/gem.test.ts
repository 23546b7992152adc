import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeWith } from '../../src/codec/decode.js'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { grad } from '../../src/graph/grad.js'
import { abs, add, div, input, mul, onHost, sqrt, square, sub, sum, zeros } from '../../src/graph/ops.js'
import type { AnyContext, AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { gem, type GemOptions, gemPlugin, halfSpaces } from '../../src/strategy/gem.js'
import { l2 } from '../../src/strategy/l2.js'
import { tinyLearner } from '../support/learner.js'
import { tinyRun, tinyStream } from '../support/tiny.js'

const options: GemOptions = { capacity: 24, perContext: 8, margin: 0.5, ridge: 1e-3 }
const made = (changes: Partial<GemOptions> = {}): AnyStrategy => gem({ ...options, ...changes })

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((s, x, i) => s + x * (b[i] ?? 0), 0)
const norm = (a: readonly number[]): number => Math.sqrt(dot(a, a))
const grid = fc.integer({ min: -4096, max: 4096 }).map((k) => k / 1024)

/** A gradient and those of 1 to 6 past contexts, which may depend on one another. */
const cases = fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 6 })).chain(([n, t]) => {
  const vector = fc.array(grid, { minLength: n, maxLength: n })
  return fc.tuple(vector, fc.array(vector, { minLength: t, maxLength: t }))
})

/** The projected gradient. */
const projected = (
  g: readonly number[],
  past: readonly (readonly number[])[],
  o: Pick<GemOptions, 'margin' | 'ridge'>,
  precision: 'f32' | 'f64' = 'f32',
): readonly number[] => {
  const rows = past.map((row, k) => input(`past${k}`, [row.length]))
  const env = { g, ...Object.fromEntries(past.map((row, k) => [`past${k}`, row])) }
  const made = halfSpaces(input('g', [g.length]), rows, o)
  return [...((precision === 'f32' ? evaluate([made], env, 'f32') : evaluate([made], env, 'f64'))[0] ?? [])]
}

/** g without its parts along some vectors: Gram-Schmidt, those that depend on others left out. */
const without = (g: readonly number[], rows: readonly (readonly number[])[]): readonly number[] => {
  const less = (x: readonly number[], unit: readonly number[]): readonly number[] => {
    const by = dot(x, unit)
    return x.map((v, i) => v - by * (unit[i] ?? 0))
  }
  const units: (readonly number[])[] = []
  for (const row of rows) {
    // twice, against rounding
    const rest = [...units, ...units].reduce(less, row)
    if (norm(rest) > 1e-9 * norm(row)) units.push(rest.map((x) => x / norm(rest)))
  }
  return units.reduce(less, g)
}

/** The nearest vector to g in all half-spaces: of its projections on all faces, the nearest that is inside. It knows of no dual. */
const nearest = (g: readonly number[], past: readonly (readonly number[])[]): readonly number[] => {
  const inside = Array.from({ length: 2 ** past.length }, (_, mask) =>
    without(
      g,
      past.filter((_row, k) => (mask >> k) % 2 === 1),
    ),
  ).filter((x) => past.every((row) => dot(x, row) >= -1e-9 * norm(g) * norm(row)))
  const distance = (x: readonly number[]): number => norm(x.map((v, i) => v - (g[i] ?? 0)))
  return inside.reduce((best, x) => (distance(x) < distance(best) ? x : best))
}

/** v, in f64. */
const multipliers = (g: readonly number[], past: readonly (readonly number[])[], margin: number, ridge: number) => {
  const t = past.length
  const v = onHost('quadraticAbove', [input('p', [t, t]), input('q', [t])], { margin, ridge })
  const env = { p: past.flatMap((a) => past.map((b) => dot(a, b))), q: past.map((row) => dot(row, g)) }
  return [...(evaluate([v], env, 'f64')[0] ?? [])]
}

describe('the projection of gem', () => {
  it('leaves g as it is, bit for bit, when no g·G_k is negative', () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(0, 0.5, 1), ([g, past], margin) => {
        const turned = past.map((row) => (dot(g, row) < 0 ? row.map((x) => -x) : row))
        expect(projected(g, turned, { margin, ridge: 1e-3 })).toEqual(g)
      }),
    )
  })

  it('gives g·G_k >= −ridge v_k − 1e-5 (|g| + Σ v |G|) |G_k| for every context', () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(0, 0.5, 1), fc.constantFrom(0, 1e-3), ([g, past], margin, ridge) => {
        if (past.every((row) => dot(g, row) >= 0)) return
        const made = projected(g, past, { margin, ridge })
        const v = multipliers(g, past, margin, ridge)
        // what g and the parts added to it are large as
        const size = past.reduce((n, row, k) => n + (v[k] ?? 0) * norm(row), norm(g))
        past.forEach((row, k) => {
          expect(dot(made, row)).toBeGreaterThanOrEqual(-ridge * (v[k] ?? 0) - 1e-5 * size * norm(row))
        })
      }),
    )
  })

  it('is the nearest vector in all half-spaces without margin and ridge (1e-6 |g|, in f64)', () => {
    fc.assert(
      fc.property(cases, ([g, rows]) => {
        const past = rows.slice(0, 4)
        const [made, wanted] = [projected(g, past, { margin: 0, ridge: 0 }, 'f64'), nearest(g, past)]
        made.forEach((x, i) => expect(Math.abs(x - (wanted[i] ?? 0))).toBeLessThanOrEqual(1e-6 * norm(g)))
      }),
      { numRuns: 300 },
    )
  })

  it('takes at least the margin of every past gradient, once one is violated', () => {
    expect(
      projected(
        [1, 1, 1],
        [
          [-2, 0, 0],
          [0, 4, 0],
        ],
        { margin: 0.5, ridge: 0 },
      ),
    ).toEqual([0, 3, 1])
    expect(
      projected(
        [-8, 1, 1],
        [
          [2, 0, 0],
          [0, 4, 0],
        ],
        { margin: 0.5, ridge: 0 },
      ),
    ).toEqual([0, 3, 1])
    expect(
      projected(
        [8, 1, 1],
        [
          [2, 0, 0],
          [0, 4, 0],
        ],
        { margin: 0.5, ridge: 0 },
      ),
    ).toEqual([8, 1, 1])
  })
})

/** What a step showed: the least g·G_k of the projected and of the whole gradient in units of |g| |G_k|, how far they are apart. */
interface Seen {
  readonly after: readonly number[]
  readonly before: readonly number[]
  readonly moved: number
  readonly held: number
}

const pasts = 3
const slots = Array.from({ length: pasts }, (_, k) => k)

/** The strategy, telling what every step with past gradients shows; `whole`: the objective besides the loss. */
const watched = (
  strategy: AnyStrategy,
  seen: Seen[],
  whole: (c: AnyContext) => Expr = () => zeros([]),
): AnyStrategy => ({
  ...strategy,
  commit: (c) => {
    const { gradient, loss } = c
    if (gradient === undefined || loss === undefined || c.batches.past0 === undefined) return {}
    const g = grad(add(loss, whole(c)), c.params)
    const shown = slots.flatMap((k): readonly (readonly [string, Expr])[] => {
      const m = c.batches[`past${k}`]
      if (m === undefined) return []
      const r = grad(c.mean(c.losses(c.network.apply(c.params, m.x).logits, m.y, m), m), c.params)
      const scale = sqrt(mul(sum(square(g)), sum(square(r))))
      return [
        [`after${k}`, div(sum(mul(gradient, r)), scale)],
        [`before${k}`, div(sum(mul(g, r)), scale)],
      ]
    })
    return { emits: { ...Object.fromEntries(shown), moved: sum(abs(sub(gradient, g))) } }
  },
  observe: (host, { emits, buffers }) => {
    const numbers = (name: string) =>
      slots.flatMap((k) => (emits[`${name}${k}`] === undefined ? [] : [emits[`${name}${k}`]?.[0] ?? Number.NaN]))
    if (emits.moved !== undefined)
      seen.push({
        after: numbers('after'),
        before: numbers('before'),
        moved: emits.moved[0] ?? Number.NaN,
        held: buffers.memory?.size ?? 0,
      })
    return host
  },
})

describe('a run of gem', () => {
  it.each([
    ['task', 0],
    ['class', 0],
    ['class', 0.5],
  ] as const)('never steps against a past gradient (%s, margin %d)', (kind, margin) => {
    const seen: Seen[] = []
    tinyRun([watched(made({ margin, ridge: 1e-6 }), seen)], kind)
    expect(seen.map(({ after }) => after.length)).toEqual([...Array<number>(25).fill(1), ...Array<number>(25).fill(2)])
    for (const { after, before, moved } of seen) {
      expect(Math.min(...after)).toBeGreaterThanOrEqual(-1e-4)
      if (Math.min(...before) > 1e-6) expect(moved).toBe(0)
      if (Math.min(...before) < -1e-6) expect(moved).toBeGreaterThan(0)
    }
    expect(seen.some(({ before }) => Math.min(...before) < -1e-6)).toBe(true)
    if (kind === 'task') expect(seen.some(({ before }) => Math.min(...before) > 1e-6)).toBe(true)
  })

  it('projects the gradient of the whole objective', () => {
    const seen: Seen[] = []
    const pull = ({ params }: AnyContext): Expr => mul(0.5, sum(square(sub(params, 1))))
    const other: AnyStrategy = { name: 'pull', rights: {}, objective: (c) => [{ name: 'pull', value: pull(c) }] }
    tinyRun([other, watched(made({ margin: 0, ridge: 1e-6 }), seen, pull)])
    for (const { after } of seen) expect(Math.min(...after)).toBeGreaterThanOrEqual(-1e-4)
    expect(seen.length).toBe(50)
  })

  it('holds so many rows of each finished context, and no more than its capacity at any step', () => {
    for (const [capacity, perContext, wanted] of [
      [24, 8, 24],
      [20, 8, 16],
      [5, 8, 0],
      [0, 8, 0],
      [200, 60, 120],
    ] as const) {
      const learner = tinyLearner([made({ capacity, perContext })], { steps: 5 })
      for (let k = 1; k <= 3; k++) {
        learner.learn()
        const memory = learner.world.buffers.get('gem/memory')
        const size = memory?.size ?? 0
        expect(size).toBeLessThanOrEqual(capacity)
        const counts = slots.map(
          (e) => (memory?.experiences.subarray(0, size) ?? new Int32Array(0)).filter((x) => x === e).length,
        )
        const each = Math.min(perContext, 40)
        const contexts = Math.floor(capacity / perContext)
        expect(counts).toEqual(slots.map((e) => (e < k && e < contexts ? each : 0)))
        if (k === 3) expect(size).toBe(wanted)
      }
    }
  })

  it('keeps the same rows for ever', () => {
    const learner = tinyLearner([made()], { steps: 5 })
    learner.learn()
    const kept = learner.read('gem/memory/x').slice(0, 8 * 6)
    learner.learn()
    learner.learn()
    expect(learner.read('gem/memory/x').slice(0, 8 * 6)).toEqual(kept)
    const { pixels } = tinyStream('class').experiences[0]?.load() ?? { pixels: new Uint8Array(0) }
    const rows = new Set(Array.from({ length: 40 }, (_, i) => pixels.subarray(6 * i, 6 * i + 6).join()))
    for (let i = 0; i < 8; i++) expect(rows.has(kept.slice(6 * i, 6 * i + 6).join())).toBe(true)
  })

  it('goes together with a penalty', () => {
    const log = tinyRun([l2({ lambda: 1, towards: 'previous', step: 'explicit' }), made()])
    expect(log.status.kind).toBe('complete')
  })
})

describe('the options of gem', () => {
  const refused = (capacity: number, perContext: number) =>
    made({ capacity, perContext }).refuse?.({ kind: 'class', outputs: 10, contexts: 5, experiences: 5 })

  it('refuse more contexts than a step can have draws', () => {
    const decoded = decodeWith(gemPlugin.options, { capacity: 41, perContext: 1 })
    expect(E.isLeft(decoded) && decoded.left.map((p) => p.expected)).toEqual([
      'room for the rows of at most 40 contexts',
    ])
  })

  it('refuse a stream with more past contexts than there is room for, and all reasons at once', () => {
    expect(refused(200, 40)).toEqual([])
    expect(refused(200, 50)).toEqual([])
    expect(refused(200, 60)).toEqual([
      "'gem' (capacity 200, perContext 60): room for the rows of 3 experiences, 4 become past ones",
    ])
    expect(refused(4, 2)).toHaveLength(2)
  })
})

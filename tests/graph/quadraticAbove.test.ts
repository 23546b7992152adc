import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compile/program.js'
import { createStore } from '../../src/compile/store.js'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { grad } from '../../src/graph/grad.js'
import { jvp } from '../../src/graph/jvp.js'
import { input, mul, onHost, scan, sum } from '../../src/graph/ops.js'
import { phrase } from '../../src/graph/phrase.js'
import { toOnnx } from '../../src/interchange/onnx/toOnnx.js'

interface Program {
  readonly p: readonly number[]
  readonly q: readonly number[]
  readonly margin: number
  readonly ridge: number
}

const solved = ({ p, q, margin, ridge }: Program): readonly number[] => {
  const n = q.length
  const v = onHost('quadraticAbove', [input('p', [n, n]), input('q', [n])], { margin, ridge })
  return [...(evaluate([v], { p, q }, 'f64')[0] ?? [])]
}

const grid = fc.integer({ min: -4096, max: 4096 }).map((k) => k / 1024)

/** Gram matrices of some vectors, of full rank or not, some of very different lengths, and any q. */
const programs = (most: number): fc.Arbitrary<Program> =>
  fc
    .record({
      n: fc.integer({ min: 1, max: most }),
      k: fc.integer({ min: 1, max: most + 2 }),
      margin: fc.constantFrom(0, 0.5, 1),
      ridge: fc.constantFrom(1e-3, 0.1),
    })
    .chain(({ n, k, margin, ridge }) =>
      fc
        .tuple(
          fc.array(fc.array(grid, { minLength: k, maxLength: k }), { minLength: n, maxLength: n }),
          fc.array(grid, { minLength: n, maxLength: n }),
          fc.array(fc.constantFrom(1, 1, 1 / 64, 16), { minLength: n, maxLength: n }),
        )
        .map(([x, q, scale]) => {
          const rows = x.map((row, i) => row.map((y) => y * (scale[i] ?? 1)))
          const p = rows.flatMap((a) => rows.map((b) => a.reduce((s, y, i) => s + y * (b[i] ?? 0), 0)))
          return { p, q, margin, ridge }
        }),
    )

/** (P + ridge I) v + q, and the magnitudes that its entries are summed from. */
const slopes = ({ p, q, ridge }: Program, v: readonly number[]) =>
  q.map((x, i) => {
    const parts = v.map((y, j) => ((p[i * q.length + j] ?? 0) + (i === j ? ridge : 0)) * y)
    return { slope: parts.reduce((a, b) => a + b, x), size: parts.reduce((a, b) => a + Math.abs(b), Math.abs(x)) }
  })

/** ½ v'(P + ridge I)v + q'v */
const objective = (program: Program, v: readonly number[]): number =>
  slopes(program, v).reduce((s, { slope }, i) => s + ((v[i] ?? 0) * (slope + (program.q[i] ?? 0))) / 2, 0)

/** Gauss-Jordan with pivots: the point at which the entries `free` have no slope and the others are at the margin. */
const vertex = ({ p, q, margin, ridge }: Program, free: readonly number[]): readonly number[] => {
  const n = q.length
  const rows = free.map((i) => {
    const at = (j: number): number => (p[i * n + j] ?? 0) + (i === j ? ridge : 0)
    const bound = q.reduce((s, _, j) => (free.includes(j) ? s : s + at(j) * margin), 0)
    return [...free.map(at), -(q[i] ?? 0) - bound]
  })
  free.forEach((_, c) => {
    const pivot = rows.findIndex(
      (row, r) => r >= c && Math.abs(row[c] ?? 0) === Math.max(...rows.slice(c).map((x) => Math.abs(x[c] ?? 0))),
    )
    const [a, b] = [rows[c] ?? [], rows[pivot] ?? []]
    rows[pivot] = a
    rows[c] = b.map((x) => x / (b[c] ?? 1))
    rows.forEach((row, r) => {
      if (r !== c) rows[r] = row.map((x, k) => x - (row[c] ?? 0) * (rows[c]?.[k] ?? 0))
    })
  })
  return q.map((_, i) => (free.includes(i) ? (rows[free.indexOf(i)]?.at(-1) ?? 0) : margin))
}

describe('quadraticAbove', () => {
  it('is the best of all choices of entries at the margin, for up to five variables', () => {
    fc.assert(
      fc.property(programs(5), (program) => {
        const n = program.q.length
        const choices = Array.from({ length: 2 ** n }, (_, mask) =>
          vertex(
            program,
            program.q.map((_q, i) => i).filter((i) => (mask >> i) % 2 === 1),
          ),
        ).filter((v) => v.every((x) => x >= program.margin - 1e-9))
        const best = Math.min(...choices.map((v) => objective(program, v)))
        const found = objective(program, solved(program))
        expect(Math.abs(found - best)).toBeLessThanOrEqual(1e-8 * Math.max(1, Math.abs(best)))
      }),
      { numRuns: 300 },
    )
  })

  it('is at the margin or above, where slopes are 0, and slopes are not below 0, for up to 64 variables', () => {
    fc.assert(
      fc.property(fc.oneof(programs(8), programs(64)), (program) => {
        const v = solved(program)
        slopes(program, v).forEach(({ slope, size }, i) => {
          const x = v[i] ?? 0
          expect(x).toBeGreaterThanOrEqual(program.margin)
          expect(slope).toBeGreaterThanOrEqual(-1e-9 * size)
          if (x > program.margin) expect(slope).toBeLessThanOrEqual(1e-9 * size)
        })
      }),
      { numRuns: 100 },
    )
  }, 20_000)

  it('ends on equal, opposite and zero rows without a ridge too', () => {
    const of = (rows: readonly (readonly number[])[], q: readonly number[]): readonly number[] =>
      solved({
        p: rows.flatMap((a) => rows.map((b) => a.reduce((s, y, i) => s + y * (b[i] ?? 0), 0))),
        q,
        margin: 0,
        ridge: 0,
      })
    expect(of([[2], [2]], [-4, -4])).toEqual([1, 0])
    expect(of([[1], [-1]], [-3, 3])).toEqual([3, 0])
    expect(of([[0], [1]], [-1, -2])).toEqual([0, 2])
    expect(of([[0]], [1])).toEqual([0])
  })

  it('is NaN where an argument is not finite', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(solved({ p: [1, 0, 0, bad], q: [1, 1], margin: 0, ridge: 0 })).toEqual([Number.NaN, Number.NaN])
      expect(solved({ p: [1], q: [bad], margin: 0, ridge: 0 })).toEqual([Number.NaN])
    }
  })

  it('refuses arguments that do not belong together', () => {
    expect(() => onHost('quadraticAbove', [input('p', [2, 3]), input('q', [2])])).toThrow(
      'quadraticAbove: expected a matrix [n, n] and a vector [n], got [2, 3] and [2]',
    )
    expect(() => onHost('quadraticAbove', [input('p', [2, 2])])).toThrow('quadraticAbove: expected a matrix')
  })
})

describe('onHost', () => {
  const [p, q] = [input('p', [2, 2]), input('q', [2])]
  const v = onHost('quadraticAbove', [p, q], { margin: 0, ridge: 0 })
  const env = { p: [1, 0, 0, 4], q: [-3, 2] }
  const run = (y: Expr, feed: Readonly<Record<string, readonly number[]>>, first = feed): readonly number[] => {
    const store = createStore()
    const program = compile({ updates: {}, outputs: { y } }, store)
    program.run(first)
    // memory grows between two runs, and with it every view of it goes
    store.block('large', [2 ** 22])
    program.run(feed)
    return [...program.output('y')]
  }

  it('is computed between the kernels of a compiled program, at every run anew', () => {
    const y = mul(2, onHost('quadraticAbove', [mul(p, 2), q], { margin: 0, ridge: 0 }))
    expect(run(y, env, { ...env, q: [1, 1] })).toEqual([3, 0])
    expect([...(evaluate([y], env, 'f32')[0] ?? [])]).toEqual([3, 0])
  })

  it('works inside of a loop over time', () => {
    const xs = input('xs', [3, 2])
    const { outputs } = scan({ states: { h: q }, inputs: { x: xs } }, ({ h }, { x }) => {
      const next = onHost('quadraticAbove', [p, mul(h, x)], { margin: 0.5, ridge: 0 })
      return { states: { h: next }, outputs: { next } }
    })
    const feed = { ...env, xs: [1, 1, -1, -1, -2, 3] }
    const wanted = [3, 0.5, 3, 0.5, 6, 0.5]
    expect([...(evaluate([outputs.next], feed, 'f32')[0] ?? [])]).toEqual(wanted)
    expect(run(outputs.next, feed)).toEqual(wanted)
  })

  it('is told apart by its name and options', () => {
    const other = onHost('quadraticAbove', [p, q], { margin: 1, ridge: 0 })
    expect(run(mul(v, other), env)).toEqual([9, 0])
  })

  it('has no derivative, no operators of ONNX, and the name of its function', () => {
    expect(() => grad(sum(v), q)).toThrow("grad: 'onHost' has no derivative")
    expect(() => jvp([v], [{ of: q, along: q }])).toThrow("jvp: 'onHost' has no derivative")
    expect(phrase(v, 3)).toBe('quadraticAbove(p, q)')
    const made = toOnnx({ outputs: () => ({ v }), batched: 'q', baked: {}, rows: 2 })
    expect(JSON.stringify(made)).toContain('a function of the host has no operators')
  })
})

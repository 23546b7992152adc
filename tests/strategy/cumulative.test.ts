import { describe, expect, it } from 'vitest'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { strategies } from '../../src/strategy/registry.js'
import { cumulative as cumulativeStream } from '../../src/stream/cumulative.js'
import { merged } from '../../src/stream/merged.js'
import { methodOf } from '../../src/train/methodOf.js'
import { type tinyInput, tinyRun, tinyStream } from '../support/tiny.js'

const made = (options: object = {}) => methodOf([{ name: 'cumulative', ...options }], strategies)
const kept = (...[kind, changes]: [('class' | 'task' | 'domain')?, Parameters<typeof tinyInput>[2]?]) =>
  tinyRun(made().method, kind, { ...made(), ...changes })

describe('the stream of cumulative', () => {
  it('brings all rows so far in each experience, in the order in which they came, each with its own context', () => {
    const stream = tinyStream('task')
    const { experiences, contexts } = cumulativeStream(stream)
    const own = stream.experiences.map(({ load }) => load())
    expect(contexts).toBe(stream.contexts)
    expect(experiences.map(({ context, size }) => [context, size])).toEqual([
      [0, 40],
      [-1, 80],
      [-1, 120],
    ])
    experiences.forEach(({ size, load }, i) => {
      const rows = load()
      const met = own.slice(0, i + 1)
      expect(rows.size).toBe(size)
      for (const part of ['pixels', 'labels', 'contexts'] as const)
        expect([...rows[part]]).toEqual(met.flatMap((one) => [...one[part]]))
    })
    expect(experiences.at(-1)?.load()).toEqual(merged(stream).experiences[0]?.load())
  })
})

describe('cumulative', () => {
  it('takes as many steps in an experience as its contexts have together, or as many passes as any', () => {
    expect(kept().experiences.map(({ steps }) => steps)).toEqual([25, 50, 75])
    const passes = kept('class', { training: { batch: 16, epochs: 2 } })
    expect(passes.experiences.map(({ steps }) => steps)).toEqual([6, 10, 16])
  })

  it.each(['class', 'task', 'domain'] as const)('runs to the end, %s-incremental, and the same way twice', (kind) => {
    for (const parameters of ['kept', 'fresh']) {
      const method = made({ parameters })
      const log = tinyRun(method.method, kind, method)
      expect([log.status.kind, log.accuracy.matrix.length]).toEqual(['complete', 3])
      expect(tinyRun(method.method, kind, method)).toEqual(log)
    }
  })

  it('learns the first experience as naive does, and does not lose it', () => {
    const training = { batch: 8, iterations: 100 }
    const [log, naive] = [kept('class', { training }), tinyRun([], 'class', { training })]
    expect(log.accuracy.matrix[0]).toEqual(naive.accuracy.matrix[0])
    const average = ([...row]: readonly number[] = []): number => row.reduce((a, b) => a + b, 0) / row.length
    expect(average(log.accuracy.matrix[2])).toBeGreaterThan(average(naive.accuracy.matrix[2]) + 0.2)
  })

  it('begins anew at each experience when its parameters do, and only then', () => {
    /** Parameters before the first step of each experience. */
    const starts = (options: object): readonly string[] => {
      const { method, arrangement } = made(options)
      const found: string[] = []
      const watch: AnyStrategy = {
        name: 'watch',
        rights: { boundary: true },
        commit: ({ params }) => ({ emits: { params } }),
        observe: (host, { since, emits }) => {
          if (since === 0) found.push([...(emits.params ?? [])].join())
          return host
        },
      }
      tinyRun([...method, watch], 'class', { arrangement })
      return found
    }
    const norms = (all: readonly string[]) =>
      all.map((one) => one.split(',').reduce((sum, x) => sum + Number(x) ** 2, 0))
    const [fresh, going] = [starts({ parameters: 'fresh' }), starts({})]
    expect(new Set(fresh).size).toBe(3)
    // uniform draws of the same size have about the same norm; parameters that were learned have another
    const [first = 0, ...later] = norms(fresh)
    for (const norm of later) expect(Math.abs(norm / first - 1)).toBeLessThan(0.4)
    const [start = 0, ...learned] = norms(going)
    for (const norm of learned) expect(norm / start - 1).toBeGreaterThan(0.4)
  })

  it('is refused beside joint, which meets another stream', () => {
    expect(() => methodOf([{ name: 'joint' }, { name: 'cumulative', parameters: 'kept' }], strategies)).toThrow(
      "'joint' meets a merged stream and 'cumulative' a cumulative one",
    )
  })
})

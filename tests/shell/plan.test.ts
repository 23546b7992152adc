import { describe, expect, it } from 'vitest'
import { hashOf } from '../../src/shell/hash.js'
import { plan } from '../../src/shell/plan.js'
import type { Scenario } from '../../src/stream/scenario.js'
import type { Benchmark } from '../../src/train/benchmark.js'

const benchmark: Benchmark = {
  name: 'b',
  title: 'B',
  scenario: 's',
  model: { kind: 'mlp', hidden: [8], initialiser: 'pytorch' },
  optimiser: { name: 'sgd', rate: 0.1, boundary: 'keep' },
  training: { batch: 4, iterations: 2 },
  measure: [],
  seeds: [1, 2],
  plugins: [],
  methods: [
    { label: 'naive', strategies: [] },
    { label: 'ewc', strategies: [{ name: 'ewc', lambda: 10 }] },
  ],
}
const scenario: Scenario = {
  name: 's',
  title: 'S',
  dataset: 'digits',
  incremental: 'class',
  contexts: { kind: 'split', classesPerContext: 2, order: 'natural' },
  reveals: {},
}
const data = { name: 'digits', digest: 'd' }
const hashes = (b: Benchmark, s = scenario, d = data): readonly string[] => plan(b, s, d, 'out').map(({ hash }) => hash)

describe('the plan of a benchmark', () => {
  it('has every method with the first seed before any with the second', () => {
    expect(plan(benchmark, scenario, data, 'out').map(({ run, path }) => [run.label, run.seed, path])).toEqual([
      ['naive', 1, 'out/naive/seed-1.json'],
      ['ewc', 1, 'out/ewc/seed-1.json'],
      ['naive', 2, 'out/naive/seed-2.json'],
      ['ewc', 2, 'out/ewc/seed-2.json'],
    ])
  })

  it('gives every run its own hash of 16 hexadecimal digits', () => {
    const all = hashes(benchmark)
    expect(new Set(all).size).toBe(4)
    for (const hash of all) expect(hash).toMatch(/^[0-9a-f]{16}$/)
  })

  it('does not hash names, titles, labels or the order of methods', () => {
    const methods = [
      { label: 'other', strategies: [{ lambda: 10, name: 'ewc' }] },
      { label: 'none', strategies: [] },
    ]
    const renamed = hashes({ ...benchmark, name: 'c', title: 'C', methods }, { ...scenario, title: 'T' })
    expect(renamed.toSorted()).toEqual(hashes(benchmark).toSorted())
  })

  it.each<[string, readonly string[]]>([
    ['the data', hashes(benchmark, scenario, { name: 'digits', digest: 'e' })],
    ['the scenario', hashes(benchmark, { ...scenario, incremental: 'domain' })],
    ['the optimiser', hashes({ ...benchmark, optimiser: { name: 'sgd', rate: 0.2, boundary: 'keep' } })],
    ['the training', hashes({ ...benchmark, training: { batch: 4, iterations: 3 } })],
    ['what is measured', hashes({ ...benchmark, measure: ['transfer'] })],
    ['the model', hashes({ ...benchmark, model: { kind: 'mlp', hidden: [9], initialiser: 'pytorch' } })],
  ])('hashes %s', (_, changed) => {
    const before = hashes(benchmark)
    expect(changed.filter((hash) => before.includes(hash))).toEqual([])
  })
})

describe('the hash of a run with a plugin', () => {
  const runs = (digests: ReadonlyMap<string, string>) => plan(benchmark, scenario, data, 'out', digests)

  it('covers the digest of the plugin file, and leaves runs without it alone', () => {
    const [one, other] = [runs(new Map([['ewc', 'd1']])), runs(new Map([['ewc', 'd2']]))]
    const [naive, ewc] = one
    expect(ewc?.configuration.plugins).toEqual([{ name: 'ewc', digest: 'd1' }])
    expect(ewc?.hash).not.toBe(other[1]?.hash)
    expect(ewc?.hash).not.toBe(hashes(benchmark)[1])
    expect(naive?.configuration).not.toHaveProperty('plugins')
    expect(naive?.hash).toBe(hashes(benchmark)[0])
  })
})

describe('a hash', () => {
  it('is the start of the SHA-256 of the canonical text', () => {
    // printf '{"a":[1,2],"b":"x"}' | sha256sum
    expect(hashOf({ b: 'x', a: [1, 2] })).toBe('d0f56dda38d34376')
  })
})

import { rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { findingText } from '../../src/cli/findingText.js'
import { emptyFolder, engram, resultIn } from './engram.js'

// seconds on a free machine, more where others work too
vi.setConfig({ testTimeout: 180_000 })

/** Takes the logarithm of a number that falls by 1/16 a step, from 1: below 0 from the second experience on. */
const plugin = `
import { closed, log, sub, sum } from ${JSON.stringify(`file://${resolve('dist/index.js')}`)}

const barrier = {
  name: 'barrier',
  rights: {},
  tensors: { level: { shape: () => [3], init: 0.96875 } },
  objective: ({ tensors }) => [{ name: 'penalty', value: sum(log(tensors.level)) }],
  commit: ({ tensors }) => ({ tensors: { level: sub(tensors.level, 0.0625) } }),
}
export const plugin = {
  name: 'barrier',
  sources: [{ paper: '-', equation: '-', variant: 'a mistake' }],
  options: closed('options of barrier', {}),
  make: () => [barrier],
}
`

const benchmark = {
  name: 'broken',
  title: 'A method that cannot work',
  scenario: 'split-digits-class',
  model: { kind: 'mlp', hidden: [8] },
  optimiser: { name: 'adam', rate: 0.001 },
  training: { batch: 8, iterations: 10 },
  seeds: [1, 2],
  plugins: ['./barrier.js'],
  methods: [
    { label: 'naive', strategies: [] },
    { label: 'barrier', strategies: [{ name: 'barrier' }] },
  ],
}

let cwd = ''
beforeEach(() => {
  cwd = emptyFolder()
  writeFileSync(join(cwd, 'barrier.js'), plugin)
  writeFileSync(join(cwd, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(cwd, 'broken.json'), JSON.stringify(benchmark))
})
afterEach(() => rmSync(cwd, { recursive: true }))

describe('engram run --debug-nan', () => {
  it('names the expression, does runs again that diverged before, and changes no result', async () => {
    const before = await engram(['run', './broken.json', '--out', 'out', '--workers', '2'], cwd)
    expect(before.code).toBe(0)
    expect(before.out).not.toContain('comes from')
    expect(before.out).toContain('the same command with --debug-nan\n')
    const path = join(cwd, 'out', 'barrier', 'seed-1.json')
    const plain = resultIn(path)
    expect(plain.status).toEqual({ kind: 'diverged', experience: 1, step: 6 })

    const again = await engram(['run', './broken.json', '--out', 'out', '--workers', '2', '--debug-nan'], cwd)
    expect(again).toMatchObject({ code: 0, err: '' })
    expect(again.out).not.toContain('--debug-nan')
    expect(again.out).toContain('broken: 4 runs, 2 finished before, 2 workers')
    for (const seed of [1, 2])
      expect(again.out).toContain(
        [
          `barrier seed ${seed}: a NaN in term/barrier/penalty, training in experience 2, step 6`,
          "  it comes from log ([3], first at [0]) in term 'barrier/penalty'",
          '    log(barrier/tensor/level)',
          '      where barrier/tensor/level is -0.03125',
        ].join('\n'),
      )
    expect(resultIn(path)).toEqual(plain)
  })
})

describe('a finding in words', () => {
  const when = { experience: 1, during: 'measure', step: null }
  const origin = {
    when,
    part: "term 'a/b'",
    operation: 'multiply',
    shape: [],
    element: '',
    expression: '2 * x * x',
    holds: [
      { expression: '2', value: '2' },
      { expression: 'x', value: '1e+30' },
      { expression: 'x', value: '1e+30' },
    ],
    infinity: null,
  }

  it('says where it was seen, and every argument that is no number once', () => {
    expect(findingText({ label: 'mine', seed: 3 }, { kind: 'infinity', when, seen: 'scores', origin })).toBe(
      [
        'mine seed 3: an infinity in scores, measuring transfer in experience 2',
        "  it comes from multiply (a scalar) in term 'a/b'",
        '    2 * x * x',
        '      where x is 1e+30',
      ].join('\n'),
    )
  })

  it('names phases by their names, and a difference between the two evaluators as a bug', () => {
    const asleep = { experience: 0, during: 'cls/sleep', step: 7 }
    const text = findingText({ label: 'cls', seed: 1 }, { kind: 'NaN', when: asleep, seen: 'loss', origin: null })
    expect(text).toMatch(
      /^cls seed 1: a NaN in loss, cls\/sleep in experience 1, step 7\n {2}the reference evaluator has none/,
    )
  })
})

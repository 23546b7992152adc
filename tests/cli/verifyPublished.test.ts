import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { datasetNamed } from '../../src/shell/datasets.js'
import { plan } from '../../src/shell/plan.js'
import { readPublished } from '../../src/shell/published.js'
import { resultOf } from '../../src/shell/result.js'
import { writeResult } from '../../src/shell/writeResult.js'
import { naiveResult } from '../support/results.js'
import { emptyFolder, engram, filesIn, resultIn } from './engram.js'
import { inProcess } from './inProcess.js'

// seconds on a free machine, more where others work too
vi.setConfig({ testTimeout: 180_000 })

let cwd = ''
beforeEach(() => {
  cwd = emptyFolder()
  mkdirSync(join(cwd, 'benchmarks'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

interface Figure {
  readonly label: string
  readonly mean: number
  readonly tag?: string
}

/** Writes a benchmark of small networks on digits, with two seeds and these figures. */
const benchmark = (name: string, figures: readonly Figure[], changes: object = {}): void => {
  const file = {
    name,
    title: name,
    scenario: 'split-digits-class',
    model: { kind: 'mlp', hidden: [8] },
    optimiser: { name: 'sgd', rate: 0.1 },
    training: { batch: 8, iterations: 4 },
    seeds: [1, 2],
    methods: [...figures.map(({ label }) => ({ label, strategies: [] })), { label: 'other', strategies: [] }],
    expected: figures.map((figure) => ({
      interval: { kind: 'none' },
      source: 'somebody',
      tag: 'V',
      margin: 0.02,
      ...figure,
    })),
    ...changes,
  }
  writeFileSync(join(cwd, 'benchmarks', `${name}.json`), JSON.stringify(file))
}

/** Writes results as if runs had ended with these accuracies, one for each seed. */
const results = async (name: string, ends: Readonly<Record<string, readonly number[]>>): Promise<void> => {
  const read = await readPublished(name, cwd)()
  if (E.isLeft(read)) throw new Error(JSON.stringify(read.left))
  const { selected, scenario } = read.right
  const seen = new Map<string, number>()
  for (const planned of plan(selected, scenario, datasetNamed(scenario.dataset), join(cwd, 'results', name))) {
    const { label } = planned.run
    const end = ends[label]?.[seen.get(label) ?? 0]
    seen.set(label, (seen.get(label) ?? 0) + 1)
    if (end === undefined) continue
    const { accuracy, status, experiences, costs, traces } = naiveResult
    const matrix = [...accuracy.matrix.slice(0, -1), accuracy.untrained.map(() => end)]
    const log = { accuracy: { ...accuracy, matrix }, status, experiences, costs, traces }
    const made = { engine: 'test', startedAt: new Date(0), seconds: 1, workers: 1 }
    expect(E.isRight(writeResult(planned.path, resultOf(name, planned, log, made)))).toBe(true)
  }
}

const judge = ['verify-published', 'small', '--budget', '0']

describe('engram verify-published with a budget of 0', () => {
  it.each([
    ['all equivalent', 0, { a: [0.8, 0.801] }, '✓ a'],
    ['one different', 1, { a: [0.5, 0.501] }, '✗ a'],
    ['one undecided', 3, { a: [0.79, 0.81] }, '? a'],
    ['one with a single seed', 3, { a: [0.8] }, '? a'],
    ['one not run', 3, {}, '– a'],
  ] as const)('ends with the code of %s: %i', async (_, expected, ends, mark) => {
    benchmark('small', [
      { label: 'a', mean: 0.8 },
      { label: 'b', mean: 0.1, tag: 'NV' },
    ])
    await results('small', { b: [0.5, 0.501], ...ends })
    const { code, out, err } = await inProcess(judge, cwd)
    expect(err).toBe('')
    expect(out).toContain(mark)
    expect(out).toMatch(/– b .*10\.00 NV .*50\.05 ± 0\.64 .*–/)
    expect(code).toBe(expected)
  })

  it('calls a figure different before it calls another undecided', async () => {
    benchmark('small', [
      { label: 'a', mean: 0.8 },
      { label: 'b', mean: 0.8 },
    ])
    await results('small', { b: [0.5, 0.501] })
    const { code, out } = await inProcess(judge, cwd)
    expect(out).toContain('2 verified figures: 1 different, 1 not run')
    expect(code).toBe(1)
  })

  it('runs nothing, writes nothing, and says so', async () => {
    benchmark('small', [{ label: 'a', mean: 0.8 }])
    const { out } = await inProcess(judge, cwd)
    expect(out).toContain('not run: the budget is 0')
    expect(filesIn(cwd)).toEqual(['benchmarks/small.json'])
  })

  it('takes all benchmarks that have figures, and of these those with the labels of --only', async () => {
    benchmark('small', [{ label: 'very-own', mean: 0.8 }])
    benchmark('none', [], { expected: undefined })
    const all = await inProcess(['verify-published', '--budget', '0'], cwd)
    expect(all.out).toMatch(/^split-mnist-2022-class$/m)
    expect(all.out).toMatch(/^small$/m)
    expect(all.out).not.toMatch(/^none$/m)
    const some = await inProcess(['verify-published', '--budget', '0', '--only', 'very-own'], cwd)
    expect(some.out).not.toContain('split-mnist')
    expect(some.out).toContain('very-own')
  })

  it.each([[80], [60], [40]])(
    'fits into %i columns, and shows names, figures of ours and verdicts in all',
    async (width) => {
      const interval = { kind: 'sem', value: 0.0123 }
      const long = { label: 'der-pp-with-5120-rows', mean: 0.8, interval }
      benchmark('small', [long, { label: 'a', mean: 0.5 }])
      await results('small', { [long.label]: [0.79, 0.81], a: [0.5, 0.501] })
      const { out } = await inProcess(judge, cwd, width)
      const rows = out.split('\n').filter((line) => /^[✓✗?–] | {4}equivalent at/.test(line))
      expect(rows).toHaveLength(3)
      for (const line of rows) expect([...line].length).toBeLessThanOrEqual(width)
      if (width === 80)
        expect(out).toBe(
          out
            .split('\n')
            .map((line) => [...line].slice(0, 80).join(''))
            .join('\n'),
        )
      expect(rows[0]).toMatch(/^\? der-pp-.* 80\.00 ± 12\.71 .*undecided$/)
      expect(rows[2]).toMatch(/^✓ a .* 50\.05 ± 0\.64 .*equivalent$/)
    },
  )

  it.each([
    ['an unknown benchmark', ['verify-published', 'smal'], "did you mean 'small'?"],
    ['a benchmark without figures', ['verify-published', 'quick-start'], 'it has no published figures'],
    ['an unknown label', [...judge, '--only', 'aa,other'], "no published figure has the label 'aa'; did you mean 'a'?"],
    ['a budget that is no number', ['verify-published', '--budget', 'x'], 'expected a number of minutes from 0 up'],
    ['a negative budget', ['verify-published', '--budget', '-1'], 'expected a number of minutes from 0 up'],
    ['an empty --out', [...judge, '--out', ''], 'expected a folder'],
  ])('refuses %s with code 2', async (_, args, message) => {
    benchmark('small', [{ label: 'a', mean: 0.8 }])
    const { code, out, err } = await inProcess(args, cwd)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(message)
  })

  it('refuses results of another configuration, and damaged ones', async () => {
    benchmark('small', [{ label: 'a', mean: 0.8 }])
    await results('small', { a: [0.8, 0.801] })
    writeFileSync(join(cwd, 'results', 'small', 'a', 'seed-2.json'), '{')
    benchmark('small', [{ label: 'a', mean: 0.8 }], { training: { batch: 8, iterations: 5 } })
    const { code, err } = await inProcess(judge, cwd)
    expect(code).toBe(2)
    expect(err).toContain('holds the result of another configuration')
    expect(err).toContain('seed-2.json is not JSON')
  })
})

describe('engram verify-published', () => {
  it('runs what is missing, the first seeds of all first, with the bits of engram run; then only what is gone', async () => {
    for (const name of ['one', 'two']) benchmark(name, [{ label: 'a', mean: 0.1 }])
    const command = ['verify-published', 'one', 'two', '--workers', '1']
    const first = await engram(command, cwd)
    expect(first.err).toBe('')
    expect(first.code).toBe(0)
    expect(first.out).toContain('4 runs to do in 2 benchmarks, 1 worker, results in results')
    const finished = [...first.out.matchAll(/^✓ (\S+ seed \d) /gm)].map((found) => found[1])
    expect(finished).toEqual(['one/a seed 1', 'two/a seed 1', 'one/a seed 2', 'two/a seed 2'])
    const made = ['one', 'two'].flatMap((name) => [1, 2].map((seed) => `${name}/a/seed-${seed}.json`))
    expect(filesIn(join(cwd, 'results'))).toEqual(made)
    const run = await engram(['run', 'one', '--only', 'a', '--out', 'run'], cwd)
    expect(run.out).toMatch(/Published \(somebody\):\n.*\n[✓✗?] a /)
    for (const seed of ['a/seed-1.json', 'a/seed-2.json'])
      expect(resultIn(join(cwd, 'results', 'one', seed))).toEqual(resultIn(join(cwd, 'run', seed)))
    const gone = join(cwd, 'results', 'two', 'a', 'seed-2.json')
    const [before, other] = [resultIn(gone), readFileSync(join(cwd, 'results', 'two', 'a', 'seed-1.json'), 'utf8')]
    rmSync(gone)
    const second = await engram(command, cwd)
    expect(second.out).toContain('1 run to do in 1 benchmark')
    expect(resultIn(gone)).toEqual(before)
    expect(readFileSync(join(cwd, 'results', 'two', 'a', 'seed-1.json'), 'utf8')).toBe(other)
  })

  it('starts no run once the budget is used up, and keeps what is finished', async () => {
    benchmark('small', [{ label: 'a', mean: 0.8 }])
    await results('small', { a: [0.8] })
    const { code, out } = await engram(['verify-published', 'small', '--budget', '0.00001'], cwd)
    expect(out).toContain('1/2')
    expect(code).toBe(3)
    expect(filesIn(join(cwd, 'results'))).toEqual(['small/a/seed-1.json'])
  })
})

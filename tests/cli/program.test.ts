import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { canonicalLines } from '../../src/record/canonical.js'
import { hashOf } from '../../src/shell/hash.js'
import { naiveResult } from '../support/results.js'
import { emptyFolder, filesIn } from './engram.js'
import { inProcess } from './inProcess.js'

const run = ['run', 'split-digits-class', '--out', 'out']

let cwd = ''
beforeEach(() => {
  cwd = emptyFolder()
})
afterEach(() => rmSync(cwd, { recursive: true }))

describe('engram run', () => {
  it.each([
    ['an unknown benchmark', ['run', 'split-digit-class'], "did you mean 'split-digits-class'?"],
    ['an unknown key', [...run, '--set', 'training.iteratoins=5'], "did you mean 'iterations'?"],
    ['a negative lambda', [...run, '--set', 'methods.ewc.strategies.ewc.lambda=-1'], 'expected a number >= 0, got -1'],
    ['a lambda that is no number', [...run, '--set', 'methods.ewc.strategies.ewc.lambda=NaN'], 'got "NaN"'],
    ['an unknown strategy', [...run, '--set', 'methods.ewc.strategies.ewc.name=ewk'], "did you mean 'ewc'?"],
    ['an unknown label', [...run, '--only', 'ewk'], "did you mean 'ewc'?"],
    ['more seeds than there are', [...run, '--seeds', '9'], 'expected 1 to 2, got 9'],
    ['a setting without a value', [...run, '--set', 'training'], 'path=value'],
    ['an unknown option', [...run, '--sed', '1'], "unknown option '--sed'"],
    ['an unknown command', ['rum'], 'Did you mean run?'],
    ['an unknown scenario', [...run, '--set', 'scenario=split-digits-clas'], "did you mean 'split-digits-class'?"],
    ['a plugin that is not there', [...run, '--set', 'plugins=["./none.js"]'], 'none.js'],
    ['an empty --out', ['run', 'split-digits-class', '--out', ''], 'expected a folder'],
    ['a folder that cannot be made', ['run', 'split-digits-class', '--out', '/proc/nope'], 'cannot write /proc/nope'],
    [
      'a batch beyond memory',
      [...run, '--set', 'training.batch=1000000000'],
      'lower capacity, hidden, filters or batch',
    ],
    ['a layer beyond memory', [...run, '--set', 'model.hidden=[1000000000]'], "method 'naive' needs"],
    [
      'a buffer beyond memory',
      [...run, '--only', 'replay', '--set', 'methods.replay.strategies[0].capacity=1000000000000'],
      "method 'replay' needs",
    ],
    ['a decay of 1', [...run, '--set', 'optimiser.beta2=1'], 'expected a number >= 0 and < 1, got 1'],
    ['a label that is too long', [...run, '--set', `methods.0.label=${'x'.repeat(101)}`], 'at most 100'],
    ['an empty folder to report', ['report', '.'], 'there are no results here'],
    ['a folder to report that is not there', ['report', 'nowhere'], 'nowhere'],
  ])('refuses %s with code 2 and writes nothing', async (_, args, message) => {
    const { code, err } = await inProcess(args, cwd)
    expect(err).toContain(message)
    expect(code).toBe(2)
    expect(filesIn(cwd)).toEqual([])
  })

  it('refuses a folder that cannot be written before anything runs', async () => {
    writeFileSync(join(cwd, 'out'), 'a file')
    const { code, out, err } = await inProcess(run, cwd)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain('cannot write')
  })

  it('refuses a strategy that needs what the scenario hides', async () => {
    const scenario = JSON.parse(readFileSync('scenarios/split-digits-class.json', 'utf8'))
    const reveals = { boundary: false, context: false, testContext: false }
    writeFileSync(join(cwd, 'hidden.json'), JSON.stringify({ ...scenario, reveals }))
    const { code, err } = await inProcess(
      [...run, '--set', `scenario=${join(cwd, 'hidden.json')}`, '--only', 'ewc'],
      cwd,
    )
    expect(code).toBe(2)
    expect(err).toContain("method 'ewc': 'ewc' needs to know when one experience ends")
  })

  it('refuses a plugin that throws while it makes its strategies', async () => {
    const codec =
      "{ is: () => true, validate: (u) => ({ _tag: 'Right', right: u }), encode: (u) => u, decode: (u) => ({ _tag: 'Right', right: u }) }"
    const make = "() => { throw new Error('no rows given') }"
    writeFileSync(
      join(cwd, 'mine.mjs'),
      `export const mine = { name: 'mine', sources: [], options: ${codec}, make: ${make} }`,
    )
    const original = JSON.parse(readFileSync('benchmarks/split-digits-class.json', 'utf8'))
    const methods = [{ label: 'mine', strategies: [{ name: 'mine' }] }]
    writeFileSync(join(cwd, 'mine.json'), JSON.stringify({ ...original, plugins: ['./mine.mjs'], methods }))
    const { code, err } = await inProcess(['run', './mine.json', '--out', 'out'], cwd)
    expect(code).toBe(2)
    expect(err).toContain("method 'mine': its strategies cannot be made: no rows given")
  })
})

describe('results that were not made alike', () => {
  const stored = (label: string, iterations: number): void => {
    const configuration = { ...naiveResult.configuration, training: { iterations } }
    mkdirSync(join(cwd, 'out', label), { recursive: true })
    const file = { ...naiveResult, label, configuration, hash: hashOf(configuration) }
    writeFileSync(join(cwd, 'out', label, `seed-${file.seed}.json`), canonicalLines(file))
  }

  it('are refused by run and named by report', async () => {
    stored('one', 10)
    const refused = await inProcess(run, cwd)
    expect(refused.code).toBe(2)
    expect(refused.err).toContain('that were not made like these (one): they differ in benchmark')
    stored('two', 20)
    const { code, err } = await inProcess(['report', 'out'], cwd)
    expect(code).toBe(0)
    expect(err).toContain('they differ in training.iterations (one | two)')
  })
})

describe('engram report', () => {
  it('names every damaged file at once', async () => {
    mkdirSync(join(cwd, 'a'))
    writeFileSync(join(cwd, 'a', 'seed-1.json'), '{')
    writeFileSync(join(cwd, 'a', 'seed-2.json'), '{}')
    const { code, err } = await inProcess(['report', '.'], cwd)
    expect(code).toBe(2)
    expect(err).toContain('seed-1.json is not JSON')
    expect(err).toContain('seed-2.json:')
  })
})

describe('engram list', () => {
  it.each(['strategies', 'scenarios', 'benchmarks', 'metrics', 'primitives'])('lists %s', async (what) => {
    const { code, out } = await inProcess(['list', what], cwd)
    expect(code).toBe(0)
    expect(out.split('\n').length).toBeGreaterThan(5)
  })
})

describe('engram', () => {
  it('shows help and version with code 0, and help with code 2 when nothing is asked', async () => {
    expect(await inProcess(['--help'], cwd)).toMatchObject({ code: 0, err: '' })
    expect((await inProcess(['run', '--help'], cwd)).out).toContain('--set <path=value>')
    expect((await inProcess(['--version'], cwd)).out).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect((await inProcess([], cwd)).code).toBe(2)
  })
})

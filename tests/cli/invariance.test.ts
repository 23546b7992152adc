import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { emptyFolder, engram, resultIn } from './engram.js'

// seconds on a free machine, more where others work too
vi.setConfig({ testTimeout: 180_000 })

const labels = ['naive', 'ewc', 'cls']
const small = [
  '--set',
  'training.iterations=6',
  '--set',
  'training.batch=8',
  '--set',
  'model.hidden=[8]',
  '--seeds',
  '1',
]

let cwd = ''
beforeEach(() => {
  cwd = emptyFolder()
})
afterEach(() => rmSync(cwd, { recursive: true }))

/** What was learned and what learning cost, to the last bit. */
const learnedIn = (folder: string, label: string) => {
  const { status, parameters, accuracy, experiences, traces, costs } = resultIn(join(cwd, folder, label, 'seed-1.json'))
  const { evaluation: _, ...spent } = costs
  return { status, parameters, accuracy, experiences, traces, spent }
}

describe('a result has the same parameters, accuracies, losses and costs of learning', () => {
  it('with one worker and with two, in any order of methods, and whatever else is measured', async () => {
    const file = JSON.parse(readFileSync('benchmarks/split-digits-class.json', 'utf8'))
    const methods = file.methods.filter(({ label }: { readonly label: string }) => labels.includes(label))
    writeFileSync(join(cwd, 'plain.json'), JSON.stringify({ ...file, methods, expected: [] }))
    writeFileSync(
      join(cwd, 'turned.json'),
      JSON.stringify({ ...file, methods: methods.toReversed(), measure: ['transfer'], expected: [] }),
    )
    const plain = await engram(['run', './plain.json', ...small, '--workers', '1', '--out', 'plain'], cwd)
    const turned = await engram(['run', './turned.json', ...small, '--workers', '2', '--out', 'turned'], cwd)
    expect([plain, turned]).toMatchObject([{ code: 0 }, { code: 0 }])
    for (const label of labels) {
      const { parameters } = learnedIn('plain', label)
      expect(parameters?.sha256, label).toMatch(/^[0-9a-f]{64}$/)
      expect(learnedIn('turned', label), label).toEqual(learnedIn('plain', label))
    }
  })
})

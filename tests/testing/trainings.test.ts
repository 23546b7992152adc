import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { committedEngines, enginesPlace, enginesTable } from '../../scripts/engines-table.js'
import { evaluate } from '../../src/graph/evaluate.js'
import { digestOf } from '../../src/record/digest.js'
import { digests, stageTraining, trained, type Training, trainings } from '../../src/testing/trainings.js'

/** The parameters after the steps of a training, by the reference. */
const byReference = (training: Training): Float32Array => {
  const { spec, initial, batch } = stageTraining(training)
  const names = Object.keys(spec.updates)
  let blocks = initial
  for (let i = 0; i < training.steps; i++) {
    const values = evaluate(Object.values(spec.updates), { ...blocks, ...batch(i) }, 'f32')
    blocks = { ...blocks, ...Object.fromEntries(names.map((name, j) => [name, values[j]!])) }
  }
  return blocks['params']!
}

/** Steps that the slow reference takes: enough for moments, powers and the turns of batches to matter, where that is cheap. */
const few: Readonly<Record<string, number>> = { 'mlp-adam': 2, 'mlp-sgd': 6, 'odd-sizes': 60, cnn: 1 }

/** All modules that a module loads at run time, and everything loaded that is not a module of ours. */
const reached = (entry: string): { readonly modules: ReadonlySet<string>; readonly foreign: readonly string[] } => {
  const modules = new Set([entry])
  const foreign: string[] = []
  for (const path of modules)
    for (const [, type, from = ''] of readFileSync(path, 'utf8').matchAll(
      /^(?:import|export)\s+(type\s+)?(?:[^']*?from )?'([^']+)'/gm,
    )) {
      if (type !== undefined) continue
      if (from.startsWith('.')) modules.add(join(dirname(path), from.replace(/\.js$/, '.ts')))
      else foreign.push(`${path}: ${from}`)
    }
  return { modules, foreign }
}

describe('the trainings of engram hash', () => {
  it('end in the parameters that every engine of the committed comparison has, on this Node too', () => {
    const made = digests()
    const { exact } = committedEngines()
    expect(exact.length).toBeGreaterThan(0)
    for (const row of exact) expect([row.engine, row.digests]).toEqual([row.engine, made])
  })

  it.each(trainings)('begin as the reference says: $name', (training) => {
    const short = { ...training, steps: few[training.name] ?? 2 }
    expect(digestOf(trained(short))).toBe(digestOf(byReference(short)))
  })

  it('change the parameters at every step', () => {
    for (const training of trainings) {
      const after = (steps: number): string => digestOf(trained({ ...training, steps }))
      expect(new Set([0, 1, 2].map(after)).size).toBe(3)
    }
  })

  it('load nothing of Node and no package, so that they run in a page as they are', () => {
    const { modules, foreign } = reached('src/testing/trainings.ts')
    expect(modules.size).toBeGreaterThan(50)
    expect(foreign).toEqual([])
    expect(reached('src/compile/selfTest.ts').foreign).toEqual([])
  })
})

describe('docs/engines.md', () => {
  const text = readFileSync('docs/engines.md', 'utf8')
  it('has the tables of the committed comparison', () => {
    expect(enginesPlace(text)).toBe(enginesTable(committedEngines()))
  })
  it('describes every training', () => {
    for (const { name } of trainings) expect(text).toMatch(new RegExp(`^\\| \`${name}\` \\|`, 'm'))
  })
})

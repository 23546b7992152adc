import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeWith } from '../../src/codec/decode.js'
import type { Dataset } from '../../src/data/dataset.js'
import { buildStream } from '../../src/stream/build.js'
import { merged } from '../../src/stream/merged.js'
import { scenario } from '../../src/stream/scenario.js'
import type { LabelledRows, Stream } from '../../src/stream/stream.js'

/** 40 training and 20 test images of 2 x 2 pixels; the first two pixels are the row's number and its class. */
const rows = (size: number) => {
  const labels = Uint8Array.from({ length: size }, (_, i) => (7 * i) % 10)
  const pixels = new Uint8Array(size * 4)
  labels.forEach((label, i) => {
    pixels.set([i, label, 100, 200], i * 4)
  })
  return { size, pixels, labels }
}

const tiny = (name: string): Dataset => ({
  name,
  source: 'made up',
  classes: 10,
  width: 2,
  height: 2,
  scale: 255,
  train: rows(40),
  test: rows(20),
  digest: 'none',
})

const build = (description: object, seed: number): Stream => {
  const decoded = decodeWith(scenario, { name: 'x', dataset: 'digits', incremental: 'class', ...description })
  if (E.isLeft(decoded)) throw new Error(JSON.stringify(decoded.left))
  const stream = buildStream(decoded.right, tiny(decoded.right.dataset), seed)
  if (E.isLeft(stream)) throw new Error(JSON.stringify(stream.left))
  return stream.right
}

const fromFile = (name: string, seed: number): Stream =>
  build(JSON.parse(readFileSync(new URL(`../../scenarios/${name}.json`, import.meta.url), 'utf8')), seed)

const pixel = ({ pixels, size }: LabelledRows, at: number): readonly number[] =>
  Array.from({ length: size }, (_, i) => pixels[i * 4 + at]!)

const pairs = { contexts: { kind: 'split', classesPerContext: 2, order: 'drawn' } }
const anyKind = fc.constantFrom('task', 'domain', 'class')

describe('split streams', () => {
  it('seed 2 has the assignment of the reference code, with labels in the order listed', () => {
    for (const kind of ['task', 'domain', 'class']) {
      const stream = fromFile(`split-mnist-${kind}`, 2)
      expect(stream.contexts.map((c) => c.name)).toEqual(['{3,1}', '{5,6}', '{0,2}', '{7,4}', '{9,8}'])
      const second = stream.experiences[1]!.load()
      const labelOf = new Map(pixel(second, 1).map((digit, i) => [digit, second.labels[i]]))
      expect(labelOf).toEqual(
        kind === 'domain'
          ? new Map([
              [5, 0],
              [6, 1],
            ])
          : new Map([
              [5, 2],
              [6, 3],
            ]),
      )
    }
  })

  it('a seed absent from the table gets an order drawn by key, seed 0 the natural one', () => {
    expect(fromFile('split-mnist-class', 0).contexts[0]?.name).toBe('{0,1}')
    expect(fromFile('split-mnist-class', 99).contexts.map((c) => c.name)).toEqual([
      '{0,1}',
      '{4,8}',
      '{7,2}',
      '{5,9}',
      '{6,3}',
    ])
  })

  it('for every seed and kind, the experiences partition the training rows and the classes', () => {
    fc.assert(
      fc.property(fc.nat(), anyKind, (seed, incremental) => {
        const stream = build({ ...pairs, incremental }, seed)
        const loads = stream.experiences.map((experience) => experience.load())
        expect(loads.flatMap((load) => pixel(load, 0)).toSorted((a, b) => a - b)).toEqual(
          Array.from({ length: 40 }, (_, i) => i),
        )
        const classes = loads.map((load) => new Set(pixel(load, 1)))
        expect(classes.map((set) => set.size)).toEqual([2, 2, 2, 2, 2])
        expect(new Set(classes.flatMap((set) => [...set])).size).toBe(10)
        for (const [i, load] of loads.entries()) {
          expect(load.size).toBe(stream.experiences[i]?.size)
          expect(new Set(load.contexts)).toEqual(new Set([i]))
        }
      }),
    )
  })

  it('for every seed and kind, test rows bear the same labels as training rows of their digit', () => {
    fc.assert(
      fc.property(fc.nat(), anyKind, (seed, incremental) => {
        const stream = build({ ...pairs, incremental }, seed)
        for (const [i, context] of stream.contexts.entries()) {
          const test = context.test()
          const train = stream.experiences[i]!.load()
          const labelOf = new Map(pixel(train, 1).map((digit, row) => [digit, train.labels[row]]))
          expect(test.size).toBe(context.testSize)
          pixel(test, 1).forEach((digit, row) => {
            expect(test.labels[row]).toBe(labelOf.get(digit))
            expect(context.active).toContain(test.labels[row])
          })
        }
      }),
    )
  })

  it('outputs and active outputs follow the kind, and so does what is revealed', () => {
    const [task, domain, byClass] = ['task', 'domain', 'class'].map((incremental) =>
      build({ ...pairs, incremental }, 1),
    )
    expect([task?.outputs, domain?.outputs, byClass?.outputs]).toEqual([10, 2, 10])
    expect(task?.contexts.map((c) => c.active)).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
      [8, 9],
    ])
    expect(new Set(domain?.contexts.map((c) => c.active.join()))).toEqual(new Set(['0,1']))
    expect(byClass?.contexts[3]?.active).toHaveLength(10)
    expect([task, domain, byClass].map((s) => s?.reveals.testContext)).toEqual([true, false, false])
    expect(build({ ...pairs, reveals: { boundary: false, context: false } }, 1).reveals).toEqual({
      boundary: false,
      context: false,
      testContext: false,
    })
  })

  it('are the same for the same seed', () => {
    const loads = [3, 3].map((seed) => build(pairs, seed).experiences.map((experience) => experience.load()))
    expect(loads[0]).toEqual(loads[1])
  })
})

describe('permuted streams', () => {
  const description = { incremental: 'domain', contexts: { kind: 'permuted', count: 4 } }

  it('keep the first context as it is, and move pixels of train and test alike in the others', () => {
    const stream = build(description, 5)
    expect(stream.outputs).toBe(10)
    expect(stream.experiences[0]?.load().pixels).toEqual(tiny('digits').train.pixels)
    const orders = stream.experiences.slice(1).map((experience, i) => {
      const [train, test] = [experience.load(), stream.contexts[i + 1]!.test()]
      expect(train.pixels.slice(0, 80)).toEqual(test.pixels)
      for (let row = 0; row < 40; row++) {
        const image = [...train.pixels.subarray(row * 4, row * 4 + 4)].toSorted((a, b) => a - b)
        expect(image).toEqual([row, (7 * row) % 10, 100, 200].toSorted((a, b) => a - b))
      }
      return train.pixels.subarray(4, 8).join()
    })
    expect(new Set(orders).size).toBeGreaterThan(1)
  })

  it('permute the first context too when told so', () => {
    const permuteAll = { incremental: 'domain', contexts: { kind: 'permuted', count: 2, firstIdentity: false } }
    const firsts = [1, 2, 3].map((seed) => build(permuteAll, seed).experiences[0]?.load().pixels.join())
    expect(new Set(firsts).size).toBeGreaterThan(1)
  })
})

describe('rotated streams', () => {
  it('take angles as listed, and rotate train and test', () => {
    const stream = build({ incremental: 'domain', contexts: { kind: 'rotated', angles: [0, 180] } }, 1)
    expect(stream.contexts.map((c) => c.name)).toEqual(['rotated 0', 'rotated 180'])
    expect([...stream.experiences[1]!.load().pixels.subarray(4, 8)]).toEqual([200, 100, 7, 1])
    expect([...stream.contexts[1]!.test().pixels.subarray(4, 8)]).toEqual([200, 100, 7, 1])
    expect(stream.experiences[1]?.load().labels).toEqual(Int32Array.from(tiny('x').train.labels))
  })

  it('draw angles by key below the maximum', () => {
    expect(fromFile('rotated-digits', 1).contexts.map((c) => c.name)).toEqual([
      'rotated 160.6',
      'rotated 26',
      'rotated 99.9',
      'rotated 32.4',
      'rotated 47.5',
      'rotated 136.6',
      'rotated 93.9',
      'rotated 114.8',
      'rotated 150.5',
      'rotated 166.4',
    ])
  })
})

describe('merged', () => {
  it('has one experience with the rows of all contexts, each with its own context', () => {
    const stream = build({ ...pairs, incremental: 'task' }, 2)
    const all = merged(stream)
    expect(all.experiences).toHaveLength(1)
    expect(all.contexts).toBe(stream.contexts)
    const rowsOf = all.experiences[0]!.load()
    expect([all.experiences[0]?.context, all.experiences[0]?.size, rowsOf.size]).toEqual([-1, 40, 40])
    expect(rowsOf.labels).toEqual(Int32Array.from(stream.experiences.flatMap((e) => [...e.load().labels])))
    expect(rowsOf.pixels).toEqual(Uint8Array.from(stream.experiences.flatMap((e) => [...e.load().pixels])))
    rowsOf.contexts.forEach((context, i) => {
      expect(stream.contexts[context]?.active).toContain(rowsOf.labels[i])
    })
  })
})

describe('buildStream', () => {
  it('refuses a data set that is not the scenario’s, and a seed that the table refuses', () => {
    const order = { table: { 2: [3, 1, 5, 6, 0, 2, 7, 4, 9, 8] } }
    const decoded = decodeWith(scenario, {
      name: 'x',
      dataset: 'digits',
      incremental: 'class',
      contexts: { kind: 'split', classesPerContext: 2, order },
    })
    if (E.isLeft(decoded)) throw new Error('does not decode')
    expect(buildStream(decoded.right, tiny('mnist'), 2)).toMatchObject({ left: [{ path: 'dataset' }] })
    expect(buildStream(decoded.right, tiny('digits'), 1)).toMatchObject({
      left: [{ expected: 'a class order for seed 1' }],
    })
    expect(buildStream(decoded.right, tiny('digits'), 2)).toMatchObject({ _tag: 'Right' })
  })
})

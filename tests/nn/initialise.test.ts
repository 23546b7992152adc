import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Shape, sizeOf } from '../../src/graph/shape.js'
import { conv2d } from '../../src/nn/conv2d.js'
import { dense } from '../../src/nn/dense.js'
import { type InitialiserName, initialisers } from '../../src/nn/initialise.js'
import { folded, key } from '../../src/random/key.js'

const names: readonly InitialiserName[] = [
  'pytorch',
  'glorot',
  'glorotNormal',
  'he',
  'heUniform',
  'lecun',
  'lecunUniform',
  'orthogonal',
]
const weight = (name: InitialiserName, shape: Shape, fanIn: number, fanOut: number, seed = 1): Float32Array =>
  initialisers[name]({ key: key(seed), part: 'weight', shape, fanIn, fanOut })
const variance = (values: Float32Array): number => values.reduce((acc, v) => acc + v * v, 0) / values.length
const largest = (values: Float32Array): number => values.reduce((acc, v) => Math.max(acc, Math.abs(v)), 0)

describe('the table of initialisers', () => {
  it('is the list in this file', () => {
    expect(Object.keys(initialisers)).toEqual(names)
  })

  it('draws the variance of the source, with fan-in and fan-out apart', () => {
    const [fanIn, fanOut] = [300, 100]
    const expected: Readonly<Record<InitialiserName, number>> = {
      pytorch: 1 / (3 * fanIn),
      glorot: 2 / (fanIn + fanOut),
      glorotNormal: 2 / (fanIn + fanOut),
      he: 2 / fanIn,
      heUniform: 2 / fanIn,
      lecun: 1 / fanIn,
      lecunUniform: 1 / fanIn,
      // orthonormal columns of length 300: the squares of each add up to 1
      orthogonal: 1 / fanIn,
    }
    for (const name of names) {
      const ratio = variance(weight(name, [fanIn, fanOut], fanIn, fanOut)) / expected[name]
      // four standard errors of the variance of 30,000 normals; of uniforms it is less
      expect(Math.abs(ratio - 1)).toBeLessThan(4 * Math.sqrt(2 / 30_000))
    }
  })

  it('stays inside of its bound where it is uniform, and fills it', () => {
    const bounds = { pytorch: Math.sqrt(1 / 300), glorot: Math.sqrt(6 / 400), heUniform: Math.sqrt(6 / 300) } as const
    for (const [name, bound] of [
      ['pytorch', bounds.pytorch],
      ['glorot', bounds.glorot],
      ['heUniform', bounds.heUniform],
      ['lecunUniform', Math.sqrt(3 / 300)],
    ] as const) {
      const m = largest(weight(name, [300, 100], 300, 100))
      expect(m).toBeLessThanOrEqual(Math.fround(bound))
      expect(m).toBeGreaterThan(0.999 * bound)
    }
  })

  it('for every name and key, gives the same bits to the same key, others to another, and fills the shape', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.nat(),
        fc.constantFrom<Shape>([3, 4], [4, 3], [1, 5], [5, 1], [3, 3, 2, 4]),
        (name, seed, shape) => {
          const w = weight(name, shape, 5, 6, seed)
          expect(w.length).toBe(sizeOf(shape))
          expect(w.every(Number.isFinite)).toBe(true)
          expect(weight(name, shape, 5, 6, seed)).toEqual(w)
          expect(weight(name, shape, 5, 6, seed + 1)).not.toEqual(w)
        },
      ),
    )
  })

  it('makes biases 0, but for pytorch, whose biases are as spread as its weights', () => {
    for (const name of names) {
      const b = initialisers[name]({ key: key(2), part: 'bias', shape: [50], fanIn: 100, fanOut: 50 })
      if (name === 'pytorch') expect(largest(b)).toBeGreaterThan(0.08)
      else expect(b).toEqual(new Float32Array(50))
    }
  })

  it('has the bits that Python gives: Threefry written anew, statistics.NormalDist for normals, Gram and Schmidt on lists', () => {
    const digest = (name: InitialiserName): string =>
      createHash('sha256')
        .update(weight(name, [7, 5], 7, 5))
        .digest('hex')
        .slice(0, 16)
    expect(Object.fromEntries(names.map((name) => [name, digest(name)]))).toEqual({
      pytorch: '298bad7458170abc',
      glorot: 'd76be9f216cbb3f4',
      glorotNormal: '2ec349d80d1204b4',
      he: 'fe766eef45b5751c',
      heUniform: '33e7e625b092efcd',
      lecun: '07c825061b0a8a24',
      lecunUniform: '15d03b70b6be7a60',
      orthogonal: 'fdf1746855fdc38a',
    })
  })
})

describe('orthogonal', () => {
  const gram = (w: Float32Array, rows: number, columns: number, of: 'rows' | 'columns'): Float64Array => {
    const at = (i: number, k: number): number => (of === 'rows' ? w[i * columns + k]! : w[k * columns + i]!)
    const [count, length] = of === 'rows' ? [rows, columns] : [columns, rows]
    const out = new Float64Array(count * count)
    for (let i = 0; i < count; i++)
      for (let j = 0; j < count; j++) for (let k = 0; k < length; k++) out[i * count + j]! += at(i, k) * at(j, k)
    return out
  }

  it('for every size, has orthonormal columns, or rows where it is wider than high', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.nat(), (rows, columns, seed) => {
        const w = weight('orthogonal', [rows, columns], rows, columns, seed)
        const count = Math.min(rows, columns)
        gram(w, rows, columns, columns <= rows ? 'columns' : 'rows').forEach((v, i) => {
          // entries are rounded to f32: 2^-25 each, relative to lengths of 1
          expect(Math.abs(v - (i % count === Math.floor(i / count) ? 1 : 0))).toBeLessThan(2 ** -22)
        })
      }),
    )
  })

  it('takes a kernel as one matrix of all its inputs by its outputs', () => {
    const kernel = weight('orthogonal', [3, 3, 2, 5], 18, 45)
    expect(kernel).toEqual(weight('orthogonal', [18, 5], 18, 5))
  })

  it('prefers no direction: each entry of a 2 × 2 matrix is as often positive as negative, with variance 1/2', () => {
    const sums = new Float64Array(4)
    const squares = new Float64Array(4)
    const count = 4000
    for (let i = 0; i < count; i++)
      initialisers
        .orthogonal({ key: folded(key(9), i), part: 'weight', shape: [2, 2], fanIn: 2, fanOut: 2 })
        .forEach((v, k) => {
          sums[k]! += v
          squares[k]! += v * v
        })
    for (let k = 0; k < 4; k++) {
      expect(Math.abs(sums[k]! / count)).toBeLessThan(4 * Math.sqrt(0.5 / count))
      expect(Math.abs(squares[k]! / count - 0.5)).toBeLessThan(4 * Math.sqrt(0.125 / count))
    }
  })
})

describe('fans', () => {
  // he's variance 2/fanIn and glorotNormal's 2/(fanIn + fanOut) tell both
  const seen = (of: 'weight', layer: ReturnType<ReturnType<typeof dense>>): number => {
    const p = layer.parameters.find(({ name }) => name === of)!
    return variance(p.initialise(key(3)))
  }
  it('of a dense layer are its inputs and its units', () => {
    const of = (initialiser: InitialiserName) => seen('weight', dense({ units: 60, initialiser })([10, 20]))
    expect(Math.abs(of('he') * (200 / 2) - 1)).toBeLessThan(0.06)
    expect(Math.abs(of('glorotNormal') * (260 / 2) - 1)).toBeLessThan(0.06)
  })
  it('of a convolution are those times the area of the kernel', () => {
    const of = (initialiser: InitialiserName) =>
      seen('weight', conv2d({ filters: 60, kernel: 5, initialiser })([9, 9, 8]))
    expect(Math.abs(of('he') * ((25 * 8) / 2) - 1)).toBeLessThan(0.06)
    expect(Math.abs(of('glorotNormal') * ((25 * 68) / 2) - 1)).toBeLessThan(0.06)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compile/program.js'
import { createStore } from '../../src/compile/store.js'
import { input } from '../../src/graph/ops.js'
import { folded, key } from '../../src/random/key.js'
import { cropped, cropPlaces, drawnCrops } from '../../src/strategy/crop.js'

/** The place that each one-hot row names. */
const placesOf = (crops: Float32Array, places: number): readonly number[] =>
  Array.from({ length: crops.length / places }, (_, row) => {
    const own = crops.subarray(row * places, (row + 1) * places)
    const others = own.filter((value) => value !== 1)
    if (others.length !== places - 1 || others.some((value) => value !== 0)) throw new Error('a row is not one-hot')
    return own.indexOf(1)
  })

interface Given {
  readonly x: Float32Array
  readonly down: Float32Array
  readonly across: Float32Array
}

/** The same by a loop over pixels: pixel (r, c) of a window is pixel (r + down - padding, c + across - padding), or 0 outside. */
const byLoop = ({ x, down, across }: Given, height: number, width: number, padding: number): Float32Array => {
  const [tops, lefts] = [down, across].map((crops) => placesOf(crops, cropPlaces(padding)))
  return x.map((_, i) => {
    const row = Math.floor(i / (height * width))
    const r = Math.floor(i / width) % height
    const [y, z] = [r + (tops?.[row] ?? 0) - padding, (i % width) + (lefts?.[row] ?? 0) - padding]
    return y < 0 || y >= height || z < 0 || z >= width ? 0 : (x[(row * height + y) * width + z] ?? Number.NaN)
  })
}

const compiled = (given: Given, n: number, height: number, width: number, padding: number): Float32Array => {
  const places = cropPlaces(padding)
  const [down, across] = ['down', 'across'].map((name) => input(name, [given.down.length / places, places]))
  const x = input('x', [n, height * width])
  if (down === undefined || across === undefined) throw new Error('two feeds')
  const made = compile(
    { updates: {}, outputs: { made: cropped(x, { down, across }, { height, width }) } },
    createStore(),
  )
  made.run({ ...given })
  return Float32Array.from(made.output('made'))
}

describe('a random crop', () => {
  it('is the window of a direct loop, bit for bit, in compiled code', () => {
    const sizes = {
      n: fc.nat(3),
      spare: fc.nat(2),
      height: fc.nat(5),
      width: fc.nat(5),
      padding: fc.integer({ min: 1, max: 4 }),
    }
    fc.assert(
      fc.property(fc.record({ ...sizes, seed: fc.nat() }), ({ n, spare, height, width, padding, seed }) => {
        const shape = [n + 1, height + 1, width + 1] as const
        const x = Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => ((i * 7919) % 255) / 255)
        const [down, across] = [0, 1].map((axis) => drawnCrops(folded(key(seed), axis), n + 1 + spare, padding))
        if (down === undefined || across === undefined) throw new Error('two axes')
        const given = { x, down, across }
        const found = compiled(given, ...shape, padding)
        const wanted = byLoop(given, shape[1], shape[2], padding)
        expect([...new Uint32Array(found.buffer)]).toEqual([...new Uint32Array(wanted.buffer)])
      }),
      { numRuns: 40 },
    )
  })

  it('is the image itself, the same expression, where there is one place', () => {
    const x = input('x', [2, 6])
    const one = input('one', [2, 1])
    expect(cropped(x, { down: one, across: one }, { height: 2, width: 3 })).toBe(x)
  })

  it('begins at all places equally often', () => {
    const counts = Array.from({ length: 9 }, () => 0)
    for (const place of placesOf(drawnCrops(key(4), 9000, 4), 9)) counts[place] = (counts[place] ?? 0) + 1
    const chiSquare = counts.reduce((sum, c) => sum + (c - 1000) ** 2 / 1000, 0)
    // 8 degrees of freedom: below 2.7 and above 26.1 with probabilities of 0.05 and 0.001
    expect(chiSquare).toBeGreaterThan(0.5)
    expect(chiSquare).toBeLessThan(26.1)
  })

  it('has places of one row that do not depend on how many rows there are', () => {
    expect(drawnCrops(key(2), 5, 3).slice(0, 21)).toEqual(drawnCrops(key(2), 3, 3))
  })
})

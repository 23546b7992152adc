import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { noiseOf } from '../../src/testing/noise.js'
import { ridders } from '../../src/testing/ridders.js'

const lines: readonly (readonly [string, (t: number) => number, number])[] = [
  ['a polynomial', (t) => 3 + 2 * t - t * t * t, 2],
  ['an exponential', (t) => Math.exp(1.5 * t), 1.5],
  ['a steep sine', (t) => Math.sin(3e5 * t + 1), 3e5 * Math.cos(1)],
  ['a logarithm that most steps leave', (t) => Math.log(1e-4 + t), 1e4],
  ['a function of the size 1e-9', (t) => 1e-9 * Math.exp(t), 1e-9],
  ['a difference of large numbers', (t) => 1e6 + Math.sin(t) - 1e6, 1],
  ['nothing', () => 0, 0],
]

describe('differences', () => {
  for (const [name, f, truth] of lines) {
    it(`of ${name} are as near to its derivative as they say`, () => {
      const line = (t: number) => Float64Array.of(f(t))
      const { value, error } = ridders(line, { step: 0.21875, noise: noiseOf(line) })
      expect(Math.abs(value[0]! - truth)).toBeLessThanOrEqual(3 * error[0]! + 1e-15 * Math.abs(truth))
      expect(error[0]!).toBeLessThanOrEqual(1e-8 * Math.abs(truth))
    })
  }

  it('are taken of all elements at once, each with its own error', () => {
    const line = (t: number) => Float64Array.from(lines, ([, f]) => f(t))
    const { value } = ridders(line, { step: 0.21875, noise: noiseOf(line) })
    lines.forEach(([, , truth], i) => expect(Math.abs(value[i]! - truth)).toBeLessThanOrEqual(1e-8 * Math.abs(truth)))
  })

  it('say that they cannot tell at a jump', () => {
    const line = (t: number) => Float64Array.of(t < 0 ? 0 : 1)
    const { value, error } = ridders(line, { step: 0.21875, noise: noiseOf(line) })
    expect(error[0]!).toBeGreaterThan(0.01 * Math.abs(value[0]!))
  })

  it('have no error estimate where the function is no number', () => {
    const { error } = ridders(() => Float64Array.of(Number.NaN), { step: 1, noise: Float64Array.of(0) })
    expect(error[0]).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('noise', () => {
  it('is found within a factor of 10, for every size of it and every slope', () => {
    fc.assert(
      fc.property(fc.integer({ min: -14, max: -4 }), fc.integer({ min: -8, max: 8 }), (power, slope) => {
        const size = Number(`1e${power}`)
        // a hash of the bits of t, uniform in ±1
        const bits = new Float64Array(1)
        const words = new Uint32Array(bits.buffer)
        const hash = (t: number): number => {
          bits[0] = t + 3
          const h = Math.imul(words[0]! ^ Math.imul(words[1]!, 0x9e3779b1), 0x85ebca6b)
          return (Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0) / 2 ** 31 - 1
        }
        const [noise] = noiseOf((t) => Float64Array.of(slope * Math.sin(t) + size * hash(t)))
        expect(noise! / (size / Math.sqrt(3))).toBeGreaterThan(0.1)
        expect(noise! / (size / Math.sqrt(3))).toBeLessThan(10)
      }),
      { numRuns: 50 },
    )
  })

  it('is a few roundings of a smooth function, however steep', () => {
    for (const steep of [1, 1e3, 1e5]) {
      const [noise] = noiseOf((t) => Float64Array.of(Math.sin(steep * t + 1)))
      expect(noise!).toBeLessThan(1e-15 * Math.max(1, steep / 100))
    }
  })
})

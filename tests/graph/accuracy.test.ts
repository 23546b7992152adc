import { describe, expect, it } from 'vitest'
import { errorBounds } from '../../src/graph/errorBound.js'
import { evaluate } from '../../src/graph/evaluate.js'
import { input } from '../../src/graph/ops.js'
import { lane } from '../../src/graph/primitives/lane.js'
import { primitives } from '../../src/graph/primitives/table.js'

/** What each of our own functions states: its largest error in units in the last place, between these ends. */
const stated: Readonly<Record<string, { readonly ulps: number; readonly low?: number; readonly high?: number }>> = {
  exp: { ulps: 2, low: -87, high: 88 },
  log: { ulps: 2 },
  tanh: { ulps: 1.4 },
  sigmoid: { ulps: 2.5, low: -87 },
  erf: { ulps: 1.3 },
  sin: { ulps: 2.4, low: -6433, high: 6433 },
  cos: { ulps: 2.4, low: -6433, high: 6433 },
}

/** The same f32 for every argument: their value is no approximation. */
const exact = ['relu', 'surrogate']

const n = 2 ** 14
const bits = new Uint32Array(n)
const x = new Float32Array(bits.buffer)
/** Odd, so that all patterns of low bits are met. */
const stride = 3989
const infinity = 0x7f800000

/** The distance between neighbours at the magnitude of `y`. */
const unit = (y: number): number => 2 ** (Math.floor(Math.log2(Math.max(Math.abs(y), 2 ** -126))) - 23)

/** Every stride-th f32 of both signs, in blocks: more than a million. */
const blocks = function* (): Generator<void> {
  for (const sign of [0, 0x80000000])
    for (let from = 0; from < infinity; from += stride * n) {
      for (let i = 0; i < n; i++) bits[i] = (Math.min(from + i * stride, infinity - 1) | sign) >>> 0
      yield
    }
}

describe.each(Object.entries(stated))('%s', (name, { ulps, low = -Infinity, high = Infinity }) => {
  const op = primitives.find((p) => p.name === name)!
  const y = lane(op, [input('x', [n])])

  it(`is within ${ulps} units in the last place, and everywhere within the bound of its error rule`, () => {
    let [worst, count] = [0, 0]
    for (const _ of blocks()) {
      const [f32] = evaluate([y], { x }, 'f32')
      const [bound] = errorBounds([y], { x })
      for (let i = 0; i < n; i++) {
        const [made, true_, error] = [f32![i]!, bound!.value[i]!, bound!.error[i]!]
        count++
        if (made === true_ || (made !== made && true_ !== true_)) continue
        const apart = Math.abs(made - true_)
        if (!(apart <= error)) expect({ x: x[i], made, true_, error }).toBeNull()
        if (x[i]! >= low && x[i]! <= high) worst = Math.max(worst, apart / unit(true_))
      }
    }
    expect(count).toBeGreaterThan(10 ** 6)
    expect(worst).toBeLessThanOrEqual(ulps)
    // the statement is not a generous one
    expect(worst).toBeGreaterThan(0.3 * ulps)
  })
})

describe('functions of our own', () => {
  it('all state their accuracy', () => {
    const composite = primitives.filter((p) => p.expand !== undefined).map((p) => p.name)
    expect(composite.filter((name) => !exact.includes(name)).sort()).toEqual(Object.keys(stated).sort())
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cost } from '../../src/graph/cost.js'
import { type Env, evaluate } from '../../src/graph/evaluate.js'
import { grad, gradients } from '../../src/graph/grad.js'
import { add, convolve, input, mul, ones, reshape, square, sum } from '../../src/graph/ops.js'
import { convolveFace } from '../../src/graph/primitives/convolve.js'
import { type ConvolveForm, type Face, shapeOfFace } from '../../src/graph/primitives/convolveForm.js'
import { dot } from '../../src/graph/primitives/dot.js'
import { sizeOf } from '../../src/graph/shape.js'
import { integers, uniforms } from '../../src/random/draw.js'
import { key } from '../../src/random/key.js'
import { convolveForms } from '../support/convolveForms.js'

const forms = convolveForms({ n: 2, size: 6, c: 3, kernel: 3, o: 4 })
const grid = (seed: number, size: number): Float64Array =>
  Float64Array.from(integers(key(seed), size, 8192), (k) => (k - 4096) / 1024)
const leaf = (form: ConvolveForm, face: Face) => input(face, shapeOfFace(form, face))
const leaves = (form: ConvolveForm) => ({ x: leaf(form, 'x'), weight: leaf(form, 'weight'), y: leaf(form, 'y') })
const valuesOf = (form: ConvolveForm, seed: number) => ({
  x: grid(seed, sizeOf(shapeOfFace(form, 'x'))),
  weight: grid(seed + 1, sizeOf(shapeOfFace(form, 'weight'))),
  y: grid(seed + 2, sizeOf(shapeOfFace(form, 'y'))),
})

/** Rows of patches by definition: pixel (y, x) of patch (oy, ox) is value(n, oy·step − top + ky, ox·step − left + kx, c), 0 outside. */
const patches = (
  sizes: { n: number; rows: number; columns: number; kh: number; kw: number; c: number },
  value: (n: number, oy: number, ox: number, ky: number, kx: number, c: number) => number,
): number[] => {
  const { n, rows, columns, kh, kw, c } = sizes
  const out: number[] = []
  for (let i = 0; i < n; i++)
    for (let oy = 0; oy < rows; oy++)
      for (let ox = 0; ox < columns; ox++)
        for (let ky = 0; ky < kh; ky++)
          for (let kx = 0; kx < kw; kx++) for (let k = 0; k < c; k++) out.push(value(i, oy, ox, ky, kx, k))
  return out
}

describe('convolution', () => {
  it('of ones with a kernel of ones counts the pixels under the window', () => {
    const y = convolve(ones([1, 3, 4, 1]), ones([3, 3, 1, 1]), { pad: 1 })
    expect(y.shape).toEqual([1, 3, 4, 1])
    expect([...evaluate([y], {}, 'f32')[0]!]).toEqual([4, 6, 6, 4, 6, 9, 9, 6, 4, 6, 6, 4])
  })

  it('with stride takes every other window, and starts from init', () => {
    const y = convolve(input('x', [1, 1, 5, 1]), input('w', [1, 2, 1, 2]), { stride: 2, init: input('b', [2]) })
    const env = { x: [1, 2, 3, 4, 5], w: [1, 10, 100, 1000], b: [0.5, 0.25] }
    expect([...evaluate([y], env, 'f32')[0]!]).toEqual([201.5, 2010.25, 403.5, 4030.25])
  })

  it('has the bits of a product with the matrix of patches, and so has the gradient of its kernel', () => {
    fc.assert(
      fc.property(forms, fc.nat(1e6), (form, seed) => {
        const { n, h, w, c, kh, kw, o, oh, ow, stride, pad } = form
        const env = { ...valuesOf(form, seed), init: grid(seed + 3, o) }
        const rows = patches({ n, rows: oh, columns: ow, kh, kw, c }, (i, oy, ox, ky, kx, k) => {
          const [y, x] = [oy * stride - pad + ky, ox * stride - pad + kx]
          return y < 0 || x < 0 || y >= h || x >= w ? 0 : env.x[((i * h + y) * w + x) * c + k]!
        })
        const [p, init, faces] = [input('p', [n * oh * ow, kh * kw * c]), input('init', [o]), leaves(form)]
        const pixels = reshape(faces.y, [n * oh * ow, o])
        const [y, dw, product, transposed] = evaluate(
          [
            convolve(faces.x, faces.weight, { init, stride, pad }),
            convolveFace(form, 'weight', faces),
            dot(p, reshape(faces.weight, [kh * kw * c, o]), { init }),
            dot(p, pixels, { ta: true }),
          ],
          { ...env, p: rows },
          'f32',
        )
        expect(y).toEqual(product)
        expect(dw).toEqual(transposed)
      }),
      { numRuns: 100 },
    )
  })

  it('has an image gradient with the bits of a product of patches of y between zeros with the turned kernel', () => {
    fc.assert(
      fc.property(forms, fc.nat(1e6), (form, seed) => {
        const { n, h, w, c, kh, kw, o, oh, ow, stride, pad } = form
        const env = valuesOf(form, seed)
        const rows = patches({ n, rows: h, columns: w, kh, kw, c: o }, (i, y, x, ky, kx, k) => {
          const [ry, rx] = [y + ky - (kh - 1 - pad), x + kx - (kw - 1 - pad)]
          const [oy, ox] = [ry / stride, rx / stride]
          const inside = Number.isInteger(oy) && Number.isInteger(ox) && oy >= 0 && ox >= 0 && oy < oh && ox < ow
          return inside ? env.y[((i * oh + oy) * ow + ox) * o + k]! : 0
        })
        const turned = patches({ n: 1, rows: 1, columns: 1, kh, kw, c: o * c }, (_n, _y, _x, ky, kx, j) => {
          const [k, channel] = [Math.floor(j / c), j % c]
          return env.weight[(((kh - 1 - ky) * kw + kw - 1 - kx) * c + channel) * o + k]!
        })
        const [p, t] = [input('p', [n * h * w, kh * kw * o]), input('t', [kh * kw * o, c])]
        const [dx, product] = evaluate(
          [convolveFace(form, 'x', leaves(form)), dot(p, t)],
          { ...env, p: rows, t: turned },
          'f32',
        )
        expect(dx).toEqual(product)
      }),
      { numRuns: 100 },
    )
  })

  it('is one trilinear form: each face against its operand gives the same number', () => {
    fc.assert(
      fc.property(forms, fc.nat(1e6), (form, seed) => {
        const faces = leaves(form)
        const [a, b, c] = evaluate(
          (['x', 'weight', 'y'] as const).map((face) => sum(mul(faces[face], convolveFace(form, face, faces)))),
          valuesOf(form, seed),
          'f64',
        ).map((v) => v[0]!)
        expect(b).toBeCloseTo(a!, 8)
        expect(c).toBeCloseTo(a!, 8)
      }),
    )
  })

  it('gives one kernel gradient for each image, whose sum is the gradient of all', () => {
    const form = { n: 3, h: 4, w: 3, c: 2, kh: 3, kw: 2, o: 3, oh: 4, ow: 4, stride: 1, pad: 1 }
    const faces = leaves(form)
    const each = convolveFace(form, 'weight', faces, { each: true })
    expect(each.shape).toEqual([3, 36])
    const [whole, parts] = evaluate([convolveFace(form, 'weight', faces), sum(each, 0)], valuesOf(form, 5), 'f64')
    whole!.forEach((v, i) => expect(parts![i]).toBeCloseTo(v, 10))
  })

  it('has second derivatives: the gradient of a gradient is what f64 differences show', () => {
    const [x, w, b] = [input('x', [2, 4, 5, 2]), input('w', [3, 2, 2, 3]), input('b', [3])]
    for (const [stride, pad] of [
      [1, 1],
      [2, 2],
    ] as const) {
      const y = square(convolve(x, w, { init: b, stride, pad }))
      const loss = sum(mul(y, add(y, 1)))
      const direction = { w: input('v', w.shape), x: input('u', x.shape) }
      const slope = add(sum(mul(grad(loss, w), direction.w)), sum(mul(grad(loss, x), direction.x)))
      const at = (name: string, e: { shape: readonly number[] }, seed: number) => ({
        [name]: Float64Array.from(uniforms(key(seed), sizeOf(e.shape)), (u) => u - 0.5),
      })
      const env = { ...at('x', x, 1), ...at('w', w, 2), ...at('b', b, 3), ...at('v', w, 4), ...at('u', x, 5) }
      const hessian = evaluate(gradients(slope, [x, w, b]), env, 'f64')
      const value = (given: Env): number => evaluate([slope], given, 'f64')[0]![0]!
      ;(['x', 'w', 'b'] as const).forEach((name, k) => {
        for (let i = 0; i < hessian[k]!.length; i += 3) {
          const moved = (step: number): Env => ({ ...env, [name]: env[name]!.map((v, j) => (j === i ? v + step : v)) })
          const difference = (value(moved(1e-5)) - value(moved(-1e-5))) / 2e-5
          expect(Math.abs(difference - hessian[k]![i]!)).toBeLessThan(1e-6 * Math.max(1, Math.abs(difference)))
        }
      })
    }
  })

  it('lets infinities meet the zeros of the border: their product is no number', () => {
    const y = convolve(input('x', [1, 1, 2, 1]), input('w', [1, 3, 1, 1]), { pad: 1 })
    // pad 1 also puts a row of zeros above and below: 3 rows of 2 pixels.
    const values = [...evaluate([y], { x: [1, 2], w: [Infinity, 0, 0] }, 'f32')[0]!]
    expect(values.map(Number.isNaN)).toEqual([true, true, true, false, true, true])
    expect(values[3]).toBe(Infinity)
  })

  it('counts every product that is done, those with the border too', () => {
    const form = { n: 2, h: 5, w: 4, c: 3, kh: 3, kw: 2, o: 5, oh: 3, ow: 3, stride: 2, pad: 1 }
    for (const [gives, macs] of [
      ['y', 2 * 3 * 3 * 5 * 18],
      ['x', 2 * 5 * 4 * 3 * 30],
      ['weight', 2 * 3 * 3 * 5 * 18],
    ] as const) {
      const e = convolveFace(form, gives, leaves(form))
      let rounded = 0
      const args = e.args.map((a) => grid(1, sizeOf(a.shape)))
      e.op.reference(args, new Float64Array(sizeOf(e.shape)), e, (v) => {
        rounded++
        return v
      })
      expect(cost([e])).toEqual({ macs, operations: 0 })
      expect(rounded).toBe(2 * macs)
    }
  })

  it('refuses shapes, strides and borders that make no sense, and says what it expected', () => {
    const [x, w] = [input('x', [2, 5, 5, 3]), input('w', [3, 3, 3, 4])]
    expect(() => convolve(input('m', [2, 75]), w)).toThrow('convolve: expected images [n, height, width, channels]')
    expect(() => convolve(x, input('v', [3, 3, 2, 4]))).toThrow(
      'equally many channels, got [2, 5, 5, 3] and [3, 3, 2, 4]',
    )
    expect(() => convolve(x, input('v', [6, 3, 3, 4]))).toThrow('fit the images with 0 zeros on each side')
    expect(() => convolve(x, w, { init: input('b', [3]) })).toThrow('init of shape [4], got [3]')
    expect(() => convolve(x, w, { stride: 0 })).toThrow('a whole stride from 1')
    expect(() => convolve(x, w, { pad: 0.5 })).toThrow('a whole pad from 0')
  })
})

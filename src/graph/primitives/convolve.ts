/**
 * Two-dimensional convolution (the kernel is not turned, as in every framework) of images `[n, height, width, channels]`, as one
 * trilinear form `Σ x[n, oy·stride + ky − pad, ox·stride + kx − pad, c] · weight[ky, kx, c, o] · y[n, oy, ox, o]`. A node gives
 * one of the three from the two others, so each face's derivative is made of the other faces, to any order.
 *
 * The order of every sum is part of the meaning. y: `init` (or +0), then over (ky, kx, c). x: the same over y inside zeros, its
 * pixels `stride` apart, with the kernel turned by half a circle: +0, then over (ky, kx, o). weight: +0, then over
 * (image, oy, ox). Each product and each sum is rounded. Products with the zeros of the border are part of the sums.
 */
import type { Key } from '../../random/key.js'
import { uniforms } from '../../random/draw.js'
import { type Expr, node, type Primitive } from '../expr.js'
import { assertShape, sizeOf } from '../shape.js'
import { type ConvolveForm, type Face, faceOf, formOf, operandsOf, shapeOfFace } from './convolveForm.js'
import { referenceWeight, referenceX, referenceY } from './convolveReference.js'
import { add } from './add.js'
import { cotangentFloor, flush } from './flush.js'
import { input } from './leaf.js'
import { reshape } from './reshape.js'
import { assemble, slice } from './sliceAssemble.js'
import { broadcast, sum } from './sumBroadcast.js'
import { productsAdded } from './rounding.js'

/** `init`: row `[o]` that every pixel starts from; `stride`: pixels between windows; `pad`: pixels of zeros on each side. */
export interface ConvolveOptions {
  readonly init?: Expr
  readonly stride?: number
  readonly pad?: number
}

/** Two of the three operands of the form. */
type Faces = Readonly<Partial<Record<Face, Expr>>>

export const convolvePrimitive: Primitive = {
  name: 'convolve',
  codegen: 'routine',
  vjp: (ct, e) => {
    const form = formOf(e)
    const gives = faceOf(e)
    // Cotangents that have all but vanished would make the products denormal and slow for ever.
    const f = flush(ct, cotangentFloor)
    const faces = { ...facesOf(e), [gives]: f }
    const parts = operandsOf(gives).map((face) =>
      e.attrs.each === true ? partOfEach(form, face, faces) : convolveFace(form, face, faces),
    )
    return e.args.length < 3 ? parts : [...parts, sum(reshape(f, [sizeOf(f.shape) / form.o, form.o]), 'leading')]
  },
  jvp: (tangents, e) => {
    const [form, gives] = [formOf(e), faceOf(e)]
    const [each, init] = [e.attrs.each === true, tangents[2] ?? null]
    // Each operand's tangent in its place; the first product starts from the tangent of `init`.
    const products: Expr[] = []
    operandsOf(gives).forEach((face, i) => {
      const t = tangents[i] ?? null
      if (t === null) return
      const faces = { ...facesOf(e), [face]: flush(t, cotangentFloor) }
      products.push(convolveFace(form, gives, faces, { each, ...(init && products.length === 0 ? { init } : {}) }))
    })
    const [first, second] = products
    if (first === undefined) return init === null ? null : broadcast(init, e.shape)
    return second === undefined ? first : add(first, second)
  },
  error: productsAdded,
  reference: ([first, second, init], out, e, round) => {
    const form = formOf(e)
    const gives = faceOf(e)
    if (first === undefined || second === undefined) return
    if (gives === 'y') referenceY(form, first, second, init, out, round)
    else if (gives === 'x') referenceX(form, first, second, out, round)
    else referenceWeight(form, e.attrs.each === true, first, second, out, round)
  },
  /** Products with the zeros of the border count: they are done. */
  cost: (e) => {
    const { n, h, w, c, kh, kw, o, oh, ow } = formOf(e)
    return { macs: n * (faceOf(e) === 'x' ? h * w : oh * ow) * kh * kw * c * o, operations: 0 }
  },
  sample: (key: Key) => {
    const u = uniforms(key, 12)
    const within = (i: number, low: number, high: number) => low + Math.floor((u[i] ?? 0) * (high + 1 - low))
    const [kh, kw, stride, pad] = [within(0, 1, 3), within(1, 1, 3), within(2, 1, 2), within(3, 0, 2)]
    const [n, h, w] = [within(4, 1, 2), within(5, kh, 5), within(6, kw, 5)]
    const form = completed({ n, h, w, c: within(7, 1, 3), kh, kw, o: within(8, 1, 9), stride, pad })
    const gives = (['x', 'weight', 'y'] as const)[within(9, 0, 2)] ?? 'y'
    const leaf = (face: Face) => input(face, shapeOfFace(form, face))
    const init = gives === 'y' && within(10, 0, 1) === 1 ? { init: input('init', [form.o]) } : {}
    const each = gives === 'weight' && within(11, 0, 1) === 1
    return convolveFace(form, gives, { x: leaf('x'), weight: leaf('weight'), y: leaf('y') }, { ...init, each })
  },
}

const completed = (f: Omit<ConvolveForm, 'oh' | 'ow'>): ConvolveForm => ({
  ...f,
  oh: Math.floor((f.h + 2 * f.pad - f.kh) / f.stride) + 1,
  ow: Math.floor((f.w + 2 * f.pad - f.kw) / f.stride) + 1,
})

const facesOf = (e: Expr): Faces => Object.fromEntries(operandsOf(faceOf(e)).map((face, i) => [face, e.args[i]]))

/**
 * One face from the two others; a third operand that is given is not looked at. `each` (weight only): one kernel for each
 * image, `[n, kh·kw·c·o]`. Throws on operands of other shapes than the form's.
 */
export const convolveFace = (
  form: ConvolveForm,
  gives: Face,
  faces: Faces,
  { init, each = false }: { readonly init?: Expr; readonly each?: boolean } = {},
): Expr => {
  const args = operandsOf(gives).flatMap((face) => faces[face] ?? [])
  const wanted = operandsOf(gives).map((face) => shapeOfFace(form, face))
  const whole = args.length === 2 && args.every((a, i) => a.shape.join() === wanted[i]?.join())
  assertShape(whole, `convolve (giving ${gives})`, `[${wanted.join('] and [')}]`, ...args.map((a) => a.shape))
  const shape = shapeOfFace(form, gives)
  return node(convolvePrimitive, init === undefined ? args : [...args, init], each ? [form.n, sizeOf(shape)] : shape, {
    gives,
    stride: form.stride,
    pad: form.pad,
    kernel: [form.kh, form.kw],
    each,
  })
}

/** The derivative of one kernel for each image: image by image, the other faces of that image alone. */
const partOfEach = (form: ConvolveForm, gives: Face, faces: Faces): Expr => {
  const one = { ...form, n: 1 }
  const size = sizeOf(shapeOfFace(one, gives))
  const parts = Array.from({ length: form.n }, (_, i) => {
    const own = (['x', 'weight', 'y'] as const).flatMap((face) => {
      const [shape, all] = [shapeOfFace(one, face), faces[face]]
      return all === undefined || face === gives ? [] : [[face, slice(all, i * sizeOf(shape), shape)] as const]
    })
    return { at: i * size, value: convolveFace(one, gives, Object.fromEntries(own)) }
  })
  return reshape(assemble(form.n * size, parts), shapeOfFace(form, gives))
}

/**
 * Convolution of images `[n, h, w, c]` with kernels `[kh, kw, c, o]`: `[n, oh, ow, o]` with
 * `oh = ⌊(h + 2 pad − kh) / stride⌋ + 1`, and so for the width. Throws on other shapes.
 */
export const convolve = (x: Expr, weight: Expr, { init, stride = 1, pad = 0 }: ConvolveOptions = {}): Expr => {
  const [n = 0, h = 0, w = 0, c = 0] = x.shape
  const [kh = 0, kw = 0, cw = 0, o = 0] = weight.shape
  assertShape(
    x.shape.length === 4 && weight.shape.length === 4,
    'convolve',
    'images [n, height, width, channels] and kernels [height, width, channels, outputs]',
    x.shape,
    weight.shape,
  )
  assertShape(c === cw, 'convolve', 'images and kernels of equally many channels', x.shape, weight.shape)
  if (!Number.isInteger(stride) || stride < 1 || !Number.isInteger(pad) || pad < 0)
    throw new Error(`convolve: expected a whole stride from 1 and a whole pad from 0, got ${stride} and ${pad}`)
  assertShape(
    kh <= h + 2 * pad && kw <= w + 2 * pad,
    'convolve',
    `kernels that fit the images with ${pad} zeros on each side`,
    x.shape,
    weight.shape,
  )
  assertShape(
    init === undefined || (init.shape.length === 1 && init.shape[0] === o),
    'convolve',
    `init of shape [${o}]`,
    init?.shape ?? [],
  )
  const form = completed({ n, h, w, c, kh, kw, o, stride, pad })
  return convolveFace(form, 'y', { x, weight }, init === undefined ? {} : { init })
}

/**
 * The matrix product. Every element is `init, then + a[m,k]·b[k,n]` for k = 0..K−1 in that order, each product and each sum
 * rounded: the order is part of the meaning. A bias is `init`; an `add` is never fused into a product.
 */
import type { Key } from '../../random/key.js'
import { uniforms } from '../../random/draw.js'
import { type Expr, node, type Primitive } from '../expr.js'
import { assertShape } from '../shape.js'
import { add } from './add.js'
import { cotangentFloor, flush } from './flush.js'
import { input } from './leaf.js'
import { broadcast, sum } from './sumBroadcast.js'
import { productsAdded } from './rounding.js'

/** `ta`: `a` is stored `[K, M]`; `tb`: `b` is stored `[N, K]`; `init`: row `[N]` that every row of the result starts from. */
export interface DotOptions {
  readonly init?: Expr
  readonly ta?: boolean
  readonly tb?: boolean
}

/** Sizes of a dot node: result `[m, n]`, inner length `k`. */
export const dotSizes = (e: Expr): { readonly m: number; readonly n: number; readonly k: number } => {
  const a = e.args[0]?.shape ?? []
  return { m: e.shape[0] ?? 0, n: e.shape[1] ?? 0, k: a[e.attrs.ta === true ? 0 : 1] ?? 0 }
}

export const dotPrimitive: Primitive = {
  name: 'dot',
  codegen: 'routine',
  vjp: (ct, { args: [a, b, init], attrs }) => {
    if (a === undefined || b === undefined) return []
    const [ta, tb] = [attrs.ta === true, attrs.tb === true]
    // Cotangents that have all but vanished would make the products denormal and slow for ever.
    const f = flush(ct, cotangentFloor)
    const da = ta ? dot(b, f, { ta: tb, tb: true }) : dot(f, b, { tb: !tb })
    const db = tb ? dot(f, a, { ta: true, tb: ta }) : dot(a, f, { ta: !ta })
    return init === undefined ? [da, db] : [da, db, sum(f, 'leading')]
  },
  jvp: ([da, db, dinit], { args: [a, b], shape, attrs }) => {
    if (a === undefined || b === undefined) return null
    const [ta, tb] = [attrs.ta === true, attrs.tb === true]
    const init = dinit === null || dinit === undefined ? {} : { init: dinit }
    const left = da === null || da === undefined ? null : dot(flush(da, cotangentFloor), b, { ta, tb, ...init })
    if (db === null || db === undefined) return left ?? (dinit ? broadcast(dinit, shape) : null)
    const right = dot(a, flush(db, cotangentFloor), left === null ? { ta, tb, ...init } : { ta, tb })
    return left === null ? right : add(left, right)
  },
  error: productsAdded,
  reference: ([a, b, init], out, e, round) => {
    const { m, n, k } = dotSizes(e)
    const [ai, ak] = e.attrs.ta === true ? [1, m] : [k, 1]
    const [bj, bk] = e.attrs.tb === true ? [k, 1] : [1, n]
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let acc = init?.[j] ?? 0
        for (let p = 0; p < k; p++) acc = round(acc + round(a![i * ai + p * ak]! * b![j * bj + p * bk]!))
        out[i * n + j] = acc
      }
  },
  cost: (e) => {
    const { m, n, k } = dotSizes(e)
    return { macs: m * n * k, operations: 0 }
  },
  sample: (key: Key) => {
    const u = uniforms(key, 6)
    const size = (i: number) => 1 + Math.floor((u[i] ?? 0) * 6)
    const [m, n, k, ta, tb] = [size(0), size(1), size(2), (u[3] ?? 0) < 0.5, (u[4] ?? 0) < 0.5]
    const init = (u[5] ?? 0) < 0.5 ? {} : { init: input('init', [n]) }
    return dot(input('a', ta ? [k, m] : [m, k]), input('b', tb ? [n, k] : [k, n]), { ta, tb, ...init })
  },
}

/** `init + a · b`: `[M, K]` · `[K, N]` → `[M, N]`, either operand stored transposed. Throws on other shapes. */
export const dot = (a: Expr, b: Expr, { init, ta = false, tb = false }: DotOptions = {}): Expr => {
  assertShape(a.shape.length === 2 && b.shape.length === 2, 'dot', 'two matrices', a.shape, b.shape)
  const [m, k] = ta ? [a.shape[1], a.shape[0]] : [a.shape[0], a.shape[1]]
  const [kb, n] = tb ? [b.shape[1], b.shape[0]] : [b.shape[0], b.shape[1]]
  assertShape(
    k === kb,
    `dot${ta ? ' (a transposed)' : ''}${tb ? ' (b transposed)' : ''}`,
    'equal inner lengths',
    a.shape,
    b.shape,
  )
  assertShape(
    init === undefined || (init.shape.length === 1 && init.shape[0] === n),
    'dot',
    `init of shape [${n}]`,
    init?.shape ?? [],
  )
  return node(dotPrimitive, init === undefined ? [a, b] : [a, b, init], [m ?? 0, n ?? 0], { ta, tb })
}

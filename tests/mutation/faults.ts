/** Faults that people make in derivative rules, as rewritings of one node. */
import type { Expr } from '../../src/graph/expr.js'
import { broadcast, div, dot, mul, neg, permute, reshape, rows, scatterAdd, slice, sum } from '../../src/graph/ops.js'
import { convolveFace } from '../../src/graph/primitives/convolve.js'
import { type Face, faceOf, formOf, operandsOf, shapeOfFace } from '../../src/graph/primitives/convolveForm.js'
import { windowOf } from '../../src/graph/primitives/pooling.js'
import { poolSpread, poolSum } from '../../src/graph/primitives/poolSum.js'
import { broadcastMode } from '../../src/graph/primitives/sumBroadcast.js'
import { columnsOf, rowsOf, sameShape, sizeOf } from '../../src/graph/shape.js'

/**
 * `sign`: negated. `factor`: doubled, halved. `transpose`: operands of a product turned or exchanged, axes in another order, the
 * transposed map. `missing`: an addend, a factor, a part or a mask left out. `broadcast`: a row for a column, a sum over other axes, the
 * mean in the place of every entry. `branch`: the branches of a selection exchanged, its bound on the other side. `operand`: operands
 * exchanged. `argument`: something else of the same shape that is at hand. `place`: another range.
 */
export const faultKinds = [
  'sign',
  'factor',
  'transpose',
  'missing',
  'broadcast',
  'branch',
  'operand',
  'argument',
  'place',
] as const
export type FaultKind = (typeof faultKinds)[number]

/** A node with a fault, for the place of another one. */
export interface Faulty {
  readonly kind: FaultKind
  /** What was done, in words. */
  readonly what: string
  readonly by: Expr
}

type Made = readonly [what: string, by: Expr]
type Maker = (e: Expr, near: readonly Expr[]) => readonly Made[]

/** The fault, where shapes allow it. */
const where = (e: Expr, what: string, make: () => Expr): readonly Made[] => {
  try {
    const by = make()
    return sameShape(by.shape, e.shape) && by.dtype === e.dtype ? [[what, by]] : []
  } catch {
    return []
  }
}

const withArg = (e: Expr, i: number, by: Expr): Expr => ({ ...e, args: e.args.map((a, k) => (k === i ? by : a)) })
const placesOf = ({ attrs: { at } }: Expr): readonly number[] => (typeof at === 'object' ? at : [])
const isSelect = (e: Expr): boolean => e.op.name === 'selectGreater' || e.op.name === 'selectEqual'

const sign: Maker = (e) => [['negated', neg(e)]]

const factor: Maker = (e) => [
  ['doubled', mul(e, 2)],
  ['halved', mul(e, 0.5)],
]

const orders = (n: number): readonly (readonly number[])[] =>
  n === 0
    ? [[]]
    : orders(n - 1).flatMap((o) => Array.from({ length: n }, (_, i) => [...o.slice(0, i), n - 1, ...o.slice(i)]))

// one number everywhere is its own transpose and its own mean
const isUniform = (e: Expr): boolean =>
  sizeOf(e.shape) === 1 || (e.op.name === 'broadcast' && e.args.every((a) => sizeOf(a.shape) === 1))

const turnedAround = (e: Expr): readonly Made[] =>
  e.shape.length === 2 && !isUniform(e) ? where(e, 'transposed', () => permute(e, [1, 0])) : []

const transpose: Maker = (e) => {
  const [a, b, init] = e.args
  const turned = turnedAround(e)
  if (e.op.name === 'permute' && a !== undefined)
    return orders(a.shape.length).flatMap((o) =>
      String(o) === String(e.attrs.order) ? [] : where(e, `order ${o.join('')}`, () => permute(a, o)),
    )
  if (a === undefined || b === undefined) return turned
  const [ta, tb] = [e.attrs.ta === true, e.attrs.tb === true]
  const rest = init === undefined ? {} : { init }
  if (e.op.name === 'dot')
    return [
      ...where(e, 'first operand turned', () => dot(a, b, { ta: !ta, tb, ...rest })),
      ...where(e, 'second operand turned', () => dot(a, b, { ta, tb: !tb, ...rest })),
      ...where(e, 'operands exchanged', () => dot(b, a, { ta: tb, tb: ta, ...rest })),
      ...where(e, 'operands turned and exchanged', () => dot(b, a, { ta: !tb, tb: !ta, ...rest })),
    ]
  if (e.op.name === 'rows') return [...turned, ...where(e, 'scattered', () => scatterAdd(a, b, e.shape[0]!))]
  if (e.op.name === 'scatterAdd') return [...turned, ...where(e, 'gathered', () => rows(a, b))]
  return e.op.name === 'convolve' ? [...turned, ...otherFaces(e, a, b)] : turned
}

/** The same two operands read as two other faces of the form. */
const otherFaces = (e: Expr, a: Expr, b: Expr): readonly Made[] => {
  const form = formOf(e)
  const own = operandsOf(faceOf(e))
  return (['x', 'weight', 'y'] as const).flatMap((gives) =>
    [
      [a, b],
      [b, a],
    ].flatMap(([first, second], turned) => {
      const [f, g] = operandsOf(gives)
      if (gives === faceOf(e) && turned === 0) return []
      const faces: Partial<Record<Face, Expr>> = { [f!]: first!, [g!]: second! }
      const fits = [f!, g!].every((face) => sameShape(faces[face]!.shape, shapeOfFace(form, face)))
      const what = `gives ${gives}, from ${own.join(' and ')} read as ${turned === 0 ? `${f} and ${g}` : `${g} and ${f}`}`
      return fits ? where(e, what, () => convolveFace(form, gives, faces, { each: e.attrs.each === true })) : []
    }),
  )
}

const missing: Maker = (e) => {
  const { args, op } = e
  const [a, b, c, d] = args
  const at = placesOf(e)
  if (op.name === 'add' || op.name === 'multiply')
    return [
      ['without its second operand', a!],
      ['without its first operand', b!],
    ]
  if (op.name === 'subtract')
    return [
      ['without its second operand', a!],
      ['without its first operand', neg(b!)],
    ]
  if (op.name === 'divide') return [['without its divisor', a!]]
  if (isSelect(e))
    return [
      ['always its first branch', c!],
      ['always its second branch', d!],
    ]
  if ((op.name === 'dot' || op.name === 'convolve') && c !== undefined)
    return [['without init', { ...e, args: [a!, b!] }]]
  if (at.length > 1 && at.length === args.length)
    return args.map((_, i) => {
      const kept = <A>(list: readonly A[]): readonly A[] => list.filter((_, k) => k !== i)
      return [`without part ${i}`, { ...e, args: kept(args), attrs: { ...e.attrs, at: kept(at) } }]
    })
  return []
}

const meanEverywhere = (e: Expr): readonly Made[] =>
  !isUniform(e) ? [['its mean everywhere', broadcast(div(sum(e), sizeOf(e.shape)), e.shape)]] : []

const spread: Maker = (e) => {
  const [a, b] = e.args
  const size = sizeOf(e.shape)
  const mean = meanEverywhere(e)
  if (a === undefined) return mean
  const matrix = reshape(a, [rowsOf(a.shape), columnsOf(a.shape)])
  const other =
    e.op.name === 'broadcast' && !isUniform(e)
      ? [
          ...where(e, 'as a column', () => broadcast(reshape(a, [sizeOf(a.shape), 1]), e.shape)),
          ...where(e, 'as a row', () => broadcast(reshape(a, [sizeOf(a.shape)]), e.shape)),
        ].filter(([, by]) => broadcastMode(by) !== broadcastMode(e))
      : e.op.name === 'sum'
        ? [
            ...(e.attrs.axes === 'all' ? [] : where(e, 'over other axes', () => otherSum(e, matrix))),
            ...where(e, 'first entries alone', () => slice(a, 0, e.shape)),
            ...where(e, 'a mean', () => div(e, sizeOf(a.shape) / size)),
          ]
        : e.op.name === 'poolRoute'
          ? where(e, 'to every entry', () => poolSpread(b!, e.shape, windowOf(e)))
          : e.op.name === 'poolPick'
            ? where(e, 'every entry', () => poolSum(b!, windowOf(e)))
            : []
  return [...mean, ...other]
}

const otherSum = (e: Expr, matrix: Expr): Expr =>
  reshape(sum(matrix, e.attrs.axes === 'last' ? 'leading' : 'last'), e.shape)

const branch: Maker = (e) => {
  const [a, b, c, d] = e.args
  if (!isSelect(e)) return []
  const exchanged: Made = ['branches exchanged', { ...e, args: [a!, b!, d!, c!] }]
  return e.op.name === 'selectEqual'
    ? [exchanged]
    : [exchanged, ['equal ones on the other side', { ...e, args: [b!, a!, d!, c!] }]]
}

const operand: Maker = (e) => {
  if (['add', 'multiply', 'selectEqual'].includes(e.op.name) || e.body !== undefined) return []
  const last = isSelect(e) ? 2 : e.args.length
  return e.args.flatMap((a, i) => {
    const b = e.args[i + 1]
    if (b === undefined || i + 1 >= last || a === b || !sameShape(a.shape, b.shape) || a.dtype !== b.dtype) return []
    return [[`operands ${i} and ${i + 1} exchanged`, withArg(withArg(e, i, b), i + 1, a)] as const]
  })
}

const argument: Maker = (e, near) =>
  e.args.flatMap((a, i) =>
    near.flatMap((other, k) =>
      other !== a && near.includes(a) && sameShape(a.shape, other.shape) && a.dtype === other.dtype
        ? [[`operand ${i} is another: ${k}`, withArg(e, i, other)] as const]
        : [],
    ),
  )

const place: Maker = (e) => {
  const [a] = e.args
  if (a === undefined) return []
  const length = e.op.name === 'slice' || e.op.name === 'assemble' ? sizeOf : columnsOf
  const from = Number(e.attrs.from)
  if (Number.isInteger(from))
    return [from - 1, from + 1]
      .filter((other) => other >= 0 && other + length(e.shape) <= length(a.shape))
      .map((other) => [`from ${other < from ? 'one less' : 'one more'}`, { ...e, attrs: { ...e.attrs, from: other } }])
  const at = placesOf(e)
  const free = (i: number, start: number): boolean => {
    const end = start + length(e.args[i]!.shape)
    const others = at.flatMap((other, k) => (k === i ? [] : [{ from: other, to: other + length(e.args[k]!.shape) }]))
    return start >= 0 && end <= length(e.shape) && others.every(({ from: low, to }) => end <= low || start >= to)
  }
  return e.args.flatMap((_, i) =>
    [-1, 1].flatMap((by) =>
      at[i] !== undefined && free(i, at[i] + by)
        ? [
            [
              `part ${i} ${by < 0 ? 'one earlier' : 'one later'}`,
              { ...e, attrs: { ...e.attrs, at: at.map((x, k) => (k === i ? x + by : x)) } },
            ] as const,
          ]
        : [],
    ),
  )
}

const makers: Readonly<Record<FaultKind, Maker>> = {
  sign,
  factor,
  transpose,
  missing,
  broadcast: spread,
  branch,
  operand,
  argument,
  place,
}

/** Every fault of a node, where shapes allow it; nodes of indices have none. */
export const faultsOf = (e: Expr, near: readonly Expr[]): readonly Faulty[] =>
  e.dtype === 'f32'
    ? faultKinds.flatMap((kind) => makers[kind](e, near).map(([what, by]): Faulty => ({ kind, what, by })))
    : []

/** Faults of something that a rule passes on as it was given. */
export const faultsOfPassed = (e: Expr, near: readonly Expr[]): readonly Faulty[] =>
  (
    [
      ['sign', sign(e, near)],
      ['factor', factor(e, near)],
      ['transpose', turnedAround(e)],
      ['broadcast', meanEverywhere(e)],
      ['argument', near.flatMap((other, i) => (other === e ? [] : where(e, `another: ${i}`, () => other)))],
    ] as const
  ).flatMap(([kind, made]) => made.map(([what, by]): Faulty => ({ kind, what, by })))

/** `a = b ? c : d`, element by element. */
import type { ErrorBound, Expr } from '../expr.js'
import { columnsOf } from '../shape.js'
import { lane, lanePrimitive, sampleLane } from './lane.js'
import { zerosLike } from './sumBroadcast.js'
import { beyond, elementwise, gap } from './rounding.js'

// where the comparison is not decided, either may be chosen
const ofAny: ErrorBound = elementwise((v, a, ea, b, eb, c, ec, d, ed) => {
  const margin = ea + eb
  if (margin === 0) return a === b ? ec : ed
  return beyond(Math.max(a, b), Math.min(a, b), margin) ? ed : Math.max(gap(c, v) + ec, gap(d, v) + ed)
})

const moving = new Set(['broadcast', 'reshape', 'stop'])

/** Whether `b` is, at every entry of a row of `a`, the largest of that row. */
const isMaximum = (b: Expr | undefined, a: Expr | undefined): boolean =>
  b?.op.name === 'maxLast' ? b.args[0] === a : moving.has(b?.op.name ?? '') && isMaximum(b?.args[0], a)

// an entry is the maximum of its row when it is larger than all others: the maximum moves with it
const ofMaximum: ErrorBound = (args, e, value) => {
  const [x, , c, d] = args
  const n = columnsOf(e.shape)
  const over = (j: number, k: number): boolean => beyond(x!.value[j]!, x!.value[k]!, x!.error[j]! + x!.error[k]!)
  return ofAny(args, e, value).map((undecided, i) => {
    const others = Array.from({ length: n }, (_, j) => i - (i % n) + j).filter((j) => j !== i)
    if (others.every((k) => over(i, k))) return c!.error[i]!
    return others.some((k) => over(k, i)) ? d!.error[i]! : undecided
  })
}

export const selectEqualPrimitive = lanePrimitive({
  name: 'selectEqual',
  arity: 4,
  element: () => (a, b, c, d) => (a === b ? c : d),
  vjp: (ct, { args: [a, b] }) => {
    if (a === undefined || b === undefined) return []
    const zero = zerosLike(ct)
    return [null, null, selectEqual(a, b, ct, zero), selectEqual(a, b, zero, ct)]
  },
  promise: (e, [a, b]) => ({ ...e, args: [a, b, e.args[2], e.args[3]].flatMap((x) => x ?? []) }),
  error: (args, e, value) => (isMaximum(e.args[1], e.args[0]) ? ofMaximum : ofAny)(args, e, value),
  sample: (key) => sampleLane((...[a, b, c, d]) => selectEqual(a!, b!, c!, d!), 4)(key),
})

/** `a = b ? c : d`; NaN is equal to nothing. All of one shape. No derivative in `a` and `b`. */
export const selectEqual = (a: Expr, b: Expr, c: Expr, d: Expr): Expr => lane(selectEqualPrimitive, [a, b, c, d])

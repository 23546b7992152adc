/** Products, sums, maxima and what repeats values. */
import { columnsOf, isColumn, sizeOf } from '../../graph/shape.js'
import { isOne, sameDims } from './dims.js'
import type { Value } from './emitter.js'
import { arg, type Translation } from './translation.js'

const reduced =
  (op: string): Translation =>
  (e, s) => {
    const x = s.exact(arg(e, 0))
    const rank = x.dims.length
    const all = Array.from({ length: rank }, (_, axis) => axis)
    const { axes = 'last' } = e.attrs
    const over = axes === 'all' ? all : axes === 'last' ? [rank - 1] : all.slice(0, -1)
    return s.emit.op(op, [x, s.emit.whole(over)], s.dims(e), { keepdims: 0 })
  }

/** The argument, with axes such that the operators that read it repeat it as the node says. */
const broadcast: Translation = (e, s) => {
  const x = arg(e, 0)
  const value = s.of(x)
  const to = s.dims(e)
  if (value.dims.every(isOne)) return value.dims.length > to.length ? s.emit.reshape(value, []) : value
  if (sizeOf(x.shape) > 1 && isColumn(x.shape, e.shape)) {
    const column = [...to.slice(0, -1), s.emit.dim(1)]
    return sameDims(value.dims, column) ? value : s.emit.reshape(s.exact(x), column)
  }
  return value.dims.length > to.length ? s.emit.reshape(value, to.slice(-1)) : value
}

const dot: Translation = (e, s) => {
  const [, , init] = e.args
  const args = [s.exact(arg(e, 0)), s.exact(arg(e, 1)), ...(init === undefined ? [] : [s.of(init)])]
  return s.emit.op('Gemm', args, s.dims(e), {
    transA: e.attrs.ta === true ? 1 : 0,
    transB: e.attrs.tb === true ? 1 : 0,
  })
}

/**
 * How many entries of the row come before an entry when they are sorted, largest first: where the entry's index stands among the
 * sorted indices. Of equal entries `TopK` takes the one with the smaller index first, as `rankLast` does.
 */
const rankLast: Translation = (e, s) => {
  const dims = s.dims(e)
  const count = s.emit.whole([columnsOf(e.shape)])
  const sorted = (value: Value, type: 'f32' | 'i64', largest: 0 | 1): Value => {
    const results = [
      { dims, type },
      { dims, type: 'i64' },
    ] as const
    return s.emit.ops('TopK', [value, count], results, { axis: -1, largest, sorted: 1 })[1]!
  }
  const order = sorted(s.exact(arg(e, 0)), 'f32', 1)
  return s.emit.op('Cast', [sorted(order, 'i64', 0)], dims, { to: 1 })
}

/** By name of the primitive. */
export const sums: Readonly<Record<string, Translation>> = {
  broadcast,
  dot,
  maxLast: reduced('ReduceMax'),
  rankLast,
  sum: reduced('ReduceSum'),
}

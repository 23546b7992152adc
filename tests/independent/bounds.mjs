// How far another system that computes in f32 may be from our f64 values.
import { errorBounds } from '../../src/graph/errorBound.ts'
import { dot, ones, reshape } from '../../src/graph/ops.ts'
import { columnsOf, sizeOf } from '../../src/graph/shape.ts'
import { topological } from '../../src/graph/topological.ts'

/**
 * Our sums over rows are made in f64 and rounded once; others add in f32, in an order of their own. A product with ones has the error
 * of just that: n roundings, in any order (Higham 2002, equation 3.5). So for the bound every sum is such a product.
 */
const summed = (e) => {
  const [x] = e.args
  const columns = e.attrs.axes === 'all' ? sizeOf(x.shape) : columnsOf(x.shape)
  return reshape(dot(reshape(x, [sizeOf(x.shape) / columns, columns]), ones([columns, 1])), e.shape)
}

/** A function that others compute with another accuracy than ours: up to `absolute` beside our own error. */
const looser = (e, absolute) => ({
  ...e,
  op: { ...e.op, error: (args, node, value) => e.op.error(args, node, value).map((error) => error + absolute) },
})

/** The graph with the error rules of another system; bodies of loops too. */
const asTheirs = (roots, functions) => {
  const made = new Map()
  const all = (es) => es.map((e) => made.get(e) ?? e)
  for (const old of topological(roots)) {
    const e = { ...old, args: all(old.args) }
    const { name } = e.op
    if (old.op.codegen === 'leaf') made.set(old, old)
    else if (name === 'sum' && e.attrs.axes !== 'leading') made.set(old, summed(e))
    else if (functions[name] !== undefined) made.set(old, looser(e, functions[name]))
    else if (e.body !== undefined) {
      const { next, outputs, sums } = e.body
      const body = asTheirs([...next, ...outputs, ...sums], functions)
      const [n, m] = [next.length, next.length + outputs.length]
      made.set(old, {
        ...e,
        body: { ...e.body, next: body.slice(0, n), outputs: body.slice(n, m), sums: body.slice(m) },
      })
    } else made.set(old, e)
  }
  return all(roots)
}

/**
 * Twice the proven bound of |f32 − f64| of our own graph, its sums in any order in f32: the other half is for functions (exp, log, …),
 * which others may compute with twice our error. `functions`: absolute errors that the other system is known to make on top of that.
 * Values that must be equal have a bound of 0; the smallest normal number is added for them that are all but zero.
 */
export const boundsOf = (outputs, env, functions = {}) =>
  errorBounds(asTheirs(outputs, functions), env).map(({ value, error }) => ({
    value,
    tolerance: error.map((e) => 2 * e + 2 ** -126),
  }))

/** The largest part of its tolerance that a difference takes, and where; 1 and less is good. Both infinite or both NaN is no difference. */
export const worst = (theirs, { value, tolerance }) => {
  let found = { part: 0, at: 0 }
  for (let i = 0; i < value.length; i++) {
    if (Object.is(theirs[i], value[i]) || theirs[i] === value[i]) continue
    const part = Math.abs(theirs[i] - value[i]) / tolerance[i]
    if (!(part <= found.part)) found = { part, at: i, theirs: theirs[i], value: value[i], tolerance: tolerance[i] }
  }
  return found
}

/** Which operations keep examples apart: row i of their result depends on row i of each argument only. */
import type { Expr } from './expr.js'
import { convolvePrimitive } from './primitives/convolve.js'
import { faceOf } from './primitives/convolveForm.js'
import { dotPrimitive } from './primitives/dot.js'
import { joinLastPrimitive, sliceLastPrimitive } from './primitives/joinLast.js'
import { maxLastPrimitive } from './primitives/maxLast.js'
import { orderOf, permutePrimitive } from './primitives/permute.js'
import { poolMaxPrimitive, poolPickPrimitive, poolRoutePrimitive } from './primitives/poolMax.js'
import { poolSpreadPrimitive, poolSumPrimitive } from './primitives/poolSum.js'
import { rankLastPrimitive } from './primitives/rankLast.js'
import { reshapePrimitive } from './primitives/reshape.js'
import { broadcastMode, broadcastPrimitive, sumPrimitive } from './primitives/sumBroadcast.js'

/** Those that keep apart what the first axis counts, where it is not the only one. */
const byExample = new Set([
  joinLastPrimitive,
  maxLastPrimitive,
  poolMaxPrimitive,
  poolPickPrimitive,
  poolRoutePrimitive,
  poolSpreadPrimitive,
  poolSumPrimitive,
  rankLastPrimitive,
  sliceLastPrimitive,
])

/**
 * Throws unless row i of `e` depends on example i only, `n` examples being the first axis of every value. `ofExamples` tells
 * which arguments depend on examples through what is differentiated. An operation that is not known to keep examples apart is
 * taken to mix them. `caller` is named in the error.
 */
export const refuseMixing = (caller: string, e: Expr, n: number, ofExamples: (e: Expr) => boolean): void => {
  if (e.shape[0] !== n || !keepsApart(e, n, ofExamples))
    throw new Error(`${caller}: '${e.op.name}' mixes examples; each loss may depend on its own row only`)
}

const keepsApart = (e: Expr, n: number, ofExamples: (e: Expr) => boolean): boolean => {
  const [first, ...others] = e.args
  // A matrix, a kernel and initial values are shared by all rows.
  const alone = !others.some(ofExamples)
  if (e.op.codegen === 'lane' || (byExample.has(e.op) && (first?.shape.length ?? 0) >= 2)) return true
  // Rows keep their place where the first axis stays as it is.
  if (e.op === permutePrimitive) return orderOf(e)[0] === 0
  if (e.op === reshapePrimitive) return first?.shape[0] === n
  if (e.op === sumPrimitive) return e.attrs.axes === 'last'
  if (e.op === broadcastPrimitive)
    return n === 1 || first === undefined || !ofExamples(first) || broadcastMode(e) === 'column'
  if (e.op === dotPrimitive) return e.attrs.ta !== true && alone
  return e.op === convolvePrimitive && faceOf(e) === 'y' && alone
}

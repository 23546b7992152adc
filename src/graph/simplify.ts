/**
 * Exact rewrites only: equal nodes are merged, x·1, x−0, −(−x) and double reshapes vanish, literals fold, values are flushed
 * before they are routed to the maxima of windows.
 * Forbidden, because they change bits: x+0, x·0, a/b → a·(1/b), distribution, re-association.
 */
import type { Expr } from './expr.js'
import { literal, literalValue } from './primitives/leaf.js'
import { windowOf } from './primitives/pooling.js'
import { poolRoute, poolRoutePrimitive } from './primitives/poolMax.js'
import { reshape } from './primitives/reshape.js'
import { broadcast } from './primitives/sumBroadcast.js'
import { rewrite } from './rewrite.js'

/** The node, or a simpler one that means the same; its arguments are as simple as they get. */
export const simpler = (e: Expr): Expr => {
  const [a, b] = e.args
  if (a === undefined) return e
  const name = e.op.name
  if (e.op.codegen === 'lane' && e.op.expand === undefined && name !== 'copy' && name !== 'stop') {
    const values = e.args.map(literalValue)
    if (values.every((v) => v !== undefined)) {
      const out = new Float32Array(1)
      e.op.reference(
        values.map((v) => Float32Array.of(v)),
        out,
        { ...e, shape: [] },
        Math.fround,
      )
      return broadcast(literal(out[0] ?? 0), e.shape)
    }
  }
  if (b !== undefined && name === 'multiply' && literalValue(b) === 1) return a
  if (b !== undefined && name === 'multiply' && literalValue(a) === 1) return b
  if (b !== undefined && name === 'subtract' && Object.is(literalValue(b), 0)) return a
  if (name === 'negate' && a.op === e.op) return a.args[0] ?? e
  // routing moves values and adds zeros: flushed before or after it, they are the same
  if (name === 'flush' && a.op === poolRoutePrimitive)
    return poolRoute(a.args[0]!, { ...e, args: [a.args[1]!], shape: a.args[1]!.shape }, windowOf(a))
  const constant = e.op.codegen === 'view' ? literalValue(a) : undefined
  if (constant !== undefined) return broadcast(literal(constant), e.shape)
  if (name === 'reshape' && a.op === e.op && a.args[0] !== undefined) return reshape(a.args[0], e.shape)
  if (name === 'broadcast' && a.op === e.op && a.args[0]?.shape.length === 0) return broadcast(a.args[0], e.shape)
  return e
}

/** The same values from a smaller graph. */
export const simplify = (outputs: readonly Expr[]): readonly Expr[] => rewrite(outputs, simpler)

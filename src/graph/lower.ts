/** From what people write to what machines run: composite functions become micro-operations, `stop` disappears. */
import type { Expr } from './expr.js'
import { rewrite } from './rewrite.js'
import { simpler } from './simplify.js'

const rule = (e: Expr): Expr => {
  if (e.op.name === 'stop') return e.args[0] ?? e
  return e.op.expand === undefined ? simpler(e) : e.op.expand(e)
}

/** The f32 meaning of the outputs, simplified, over leaves, micro-operations, views, reductions and routines only. */
export const lower = (outputs: readonly Expr[]): readonly Expr[] => rewrite(outputs, rule)

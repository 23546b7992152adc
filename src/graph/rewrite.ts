/** One bottom-up pass that rebuilds a graph node by node and merges equal nodes. */
import type { Expr } from './expr.js'
import { sharing } from './sharing.js'
import { topological } from './topological.js'

/**
 * Applies `rule` to every node, its arguments already rewritten, and again to what the rule makes, until it changes nothing;
 * equal nodes become one. Order follows structure.
 */
export const rewrite = (outputs: readonly Expr[], rule: (e: Expr) => Expr): readonly Expr[] => {
  const share = sharing()
  const result = new Map<Expr, Expr>()
  // Goes no deeper than what one application of the rule has made: everything below is done before.
  const settle = (e: Expr): Expr => {
    const known = result.get(e)
    if (known !== undefined) return known
    const own = share(withArgs(e, settle))
    const made = result.get(own) ?? rule(own)
    const settled = made === own ? own : settle(made)
    result.set(own, settled)
    result.set(e, settled)
    return settled
  }
  for (const e of topological(outputs)) settle(e)
  return outputs.map(settle)
}

const withArgs = (e: Expr, f: (arg: Expr) => Expr): Expr =>
  e.args.every((a) => f(a) === a) ? e : { ...e, args: e.args.map(f) }

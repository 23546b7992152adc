/** One bottom-up pass that rebuilds a graph node by node and merges equal nodes. */
import type { Expr } from './expr.js'
import { topological } from './topological.js'

/** Applies `rule` to every node (its arguments already rewritten) and shares equal results. Order follows structure. */
export const rewrite = (outputs: readonly Expr[], rule: (e: Expr) => Expr): readonly Expr[] => {
  const numbers = new Map<Expr, number>()
  const shared = new Map<string, Expr>()
  const result = new Map<Expr, Expr>()
  const share = (e: Expr): Expr => {
    if (numbers.has(e)) return e
    const args = e.args.map(share)
    const own = args.every((a, i) => a === e.args[i]) ? e : { ...e, args }
    const key = identity(own, numbers)
    const known = shared.get(key)
    if (known !== undefined) return known
    numbers.set(own, numbers.size)
    shared.set(key, own)
    return own
  }
  for (const e of topological(outputs)) {
    const args = e.args.map((a) => result.get(a) ?? a)
    const same = args.every((a, i) => a === e.args[i])
    result.set(e, share(rule(share(same ? e : { ...e, args }))))
  }
  return outputs.map((e) => result.get(e) ?? e)
}

// Attributes by String, not JSON: NaN and the infinities must stay apart.
const identity = (e: Expr, numbers: ReadonlyMap<Expr, number>): string => {
  const attrs = Object.entries(e.attrs).map(([name, value]) => `${name}=${String(value)}`)
  return [e.op.name, e.dtype, e.shape.join(), attrs.join(), e.args.map((a) => numbers.get(a)).join()].join('|')
}

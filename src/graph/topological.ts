/** Topological order: depth first from the outputs by argument position, never by time of creation. */
import type { Expr } from './expr.js'

/** Every node reachable from `outputs`, arguments before users. Iterative, so depth is not limited by the call stack. */
export const topological = (outputs: readonly Expr[]): readonly Expr[] => {
  const done = new Set<Expr>()
  const order: Expr[] = []
  const stack: { readonly e: Expr; next: number }[] = []
  for (const output of outputs) {
    if (!done.has(output)) stack.push({ e: output, next: 0 })
    done.add(output)
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!
      const arg = top.e.args[top.next++]
      if (arg === undefined) {
        order.push(top.e)
        stack.pop()
      } else if (!done.has(arg)) {
        done.add(arg)
        stack.push({ e: arg, next: 0 })
      }
    }
  }
  return order
}

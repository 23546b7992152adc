/** A graph as text: one line a node, arguments by number. */
import type { Expr } from './expr.js'
import { topological } from './topological.js'

/** Every node once, in topological order, as `%3 = multiply(%1, %2) [4, 5]`. */
export const print = (outputs: readonly Expr[]): string => {
  const order = topological(outputs)
  const names = new Map(order.map((e, i) => [e, `%${i}`]))
  const attrs = (e: Expr): string => {
    const text = Object.entries(e.attrs).map(([k, v]) => `${k}=${String(v)}`)
    return text.length === 0 ? '' : ` {${text.join(' ')}}`
  }
  const lines = order.map(
    (e) =>
      `${names.get(e)} = ${e.op.name}(${e.args.map((a) => names.get(a)).join(', ')})${attrs(e)} [${e.shape.join(', ')}]`,
  )
  return [...lines, `return ${outputs.map((e) => names.get(e)).join(', ')}`].join('\n')
}

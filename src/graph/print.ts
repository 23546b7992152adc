/** A graph as text: one line a node, arguments by number; the body of a loop is indented below it. */
import type { Body, Expr } from './expr.js'
import { topological } from './topological.js'

/** Every node once, in topological order, as `%3 = multiply(%1, %2) [4, 5]`. */
export const print = (outputs: readonly Expr[]): string => {
  const order = topological(outputs)
  const names = new Map(order.map((e, i) => [e, `%${i}`]))
  const attrs = (e: Expr): string => {
    const told = Object.entries(e.attrs).filter(([k]) => e.body === undefined || k !== 'body')
    const text = told.map(([k, v]) => `${k}=${String(v)}`)
    return text.length === 0 ? '' : ` {${text.join(' ')}}`
  }
  const lines = order.flatMap((e) => [
    `${names.get(e)} = ${e.op.name}(${e.args.map((a) => names.get(a)).join(', ')})${attrs(e)} [${e.shape.join(', ')}]`,
    ...(e.body === undefined ? [] : printBody(e.body).split('\n')).map((line) => `  ${line}`),
  ])
  return [...lines, `return ${outputs.map((e) => names.get(e)).join(', ')}`].join('\n')
}

/** The body of a loop: its leaves, then the graph of what a step gives: next states, outputs, sums. */
export const printBody = ({ states, inputs, constants, next, outputs, sums }: Body): string => {
  const leaves = [...states, ...inputs, ...constants].map((e) => `${String(e.attrs.name)} [${e.shape.join(', ')}]`)
  const counts = `${next.length} states, ${outputs.length} outputs, ${sums.length} sums`
  return `step(${leaves.join(', ')}): ${counts}\n${print([...next, ...outputs, ...sums])}`
}

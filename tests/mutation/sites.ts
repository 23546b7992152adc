/** Where a fault can be planted: the nodes that a rule has made, those in the bodies of loops that it made among them. */
import type { Body, Expr } from '../../src/graph/expr.js'
import { printBody } from '../../src/graph/print.js'
import { substitute } from '../../src/graph/substitute.js'
import { topological } from '../../src/graph/topological.js'

/** What a rule gives: null where nothing flows. */
export type Results = readonly (Expr | null)[]

/** One node that a rule made. */
export interface Site {
  readonly node: Expr
  /** What the fault may use in place of what is there: the rule's arguments, or the leaves of the loop around the node. */
  readonly near: readonly Expr[]
  /** Whether the node is in the body of a loop. */
  readonly inside: boolean
  /** The results with another node in its place. */
  readonly put: (by: Expr) => Results
}

const made = (results: Results): readonly Expr[] => results.filter((e) => e !== null)

/** `results` with the nodes that `by` knows replaced. */
export const replaced = (results: Results, by: ReadonlyMap<Expr, Expr>): Results => {
  const roots = [...substitute(made(results), by)]
  return results.map((e) => (e === null ? null : (roots.shift() ?? e)))
}

const leavesOf = (body: Body): readonly Expr[] => [...body.states, ...body.inputs, ...body.constants]

/** What a body computes: its states after the step, outputs and sums. */
export const writtenBy = (body: Body): readonly Expr[] => [...body.next, ...body.outputs, ...body.sums]

const withBody = (e: Expr, body: Body, written: readonly Expr[]): Expr => {
  const [n, m] = [body.next.length, body.next.length + body.outputs.length]
  const other = { ...body, next: written.slice(0, n), outputs: written.slice(n, m), sums: written.slice(m) }
  return { ...e, body: other, attrs: { ...e.attrs, body: printBody(other) } }
}

/** What of the results is passed on as it was given, and its place among them: a fault there leaves other uses alone. */
export const passedOn = (results: Results, given: readonly Expr[]): readonly (Site & { readonly at: number })[] =>
  results.flatMap((node, i) =>
    node !== null && given.includes(node)
      ? [{ node, at: i, near: given, inside: false, put: (by: Expr) => results.map((e, k) => (k === i ? by : e)) }]
      : [],
  )

/** The nodes of `results` that are not `given`, arguments before users, each body after its loop. */
export const sitesOf = (results: Results, given: readonly Expr[]): readonly Site[] => {
  const outside = new Set(topological(given))
  return topological(made(results))
    .filter((e) => !outside.has(e))
    .flatMap((node) => {
      const put = (by: Expr): Results => replaced(results, new Map([[node, by]]))
      const own: Site = { node, near: given, inside: false, put }
      const { body } = node
      if (body === undefined) return [own]
      const written = writtenBy(body)
      const inner = sitesOf(written, leavesOf(body)).map((site) => ({
        ...site,
        inside: true,
        put: (by: Expr) => put(withBody(node, body, made(site.put(by)))),
      }))
      return [own, ...inner]
    })
}

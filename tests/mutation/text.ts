/** What a rule made, in words: the structure that tells one shape of it from another, and the nodes at which faults stand. */
import type { Expr } from '../../src/graph/expr.js'
import { literalValue } from '../../src/graph/primitives/leaf.js'
import { topological } from '../../src/graph/topological.js'
import { type Results, writtenBy } from './sites.js'

/** Names of expressions that a rule was given. */
export type Names = ReadonlyMap<Expr, string>

// numbers and lists depend on shapes alone, and loops run both ways; other texts and switches tell what is computed
const options = (e: Expr): string => {
  const told = Object.entries(e.attrs).flatMap(([name, value]) =>
    ['body', 'negative', 'reverse'].includes(name)
      ? []
      : value === true
        ? [name]
        : typeof value === 'string'
          ? [value]
          : [],
  )
  return told.length === 0 ? '' : `[${told.join(' ')}]`
}

/** `dot[tb](ct, arg1)`: arguments of arguments `depth` levels down. */
export const textOf = (e: Expr, names: Names, depth: number): string => {
  const named = names.get(e)
  const value = literalValue(e)
  if (named !== undefined) return named
  if (value !== undefined) return String(value)
  if (e.args.length === 0) return String(e.attrs.name)
  if (depth === 0) return '…'
  return `${e.op.name}${options(e)}(${e.args.map((a) => textOf(a, names, depth - 1)).join(', ')})`
}

/** The graph that a rule made, without the sizes in it. */
export const structureOf = (results: Results, names: Names): string => {
  const made = results.filter((e) => e !== null)
  const outside = new Set(topological([...names.keys()]))
  const own = topological(made).filter((e) => !outside.has(e))
  const number = new Map(own.map((e, i) => [e, `%${i}`]))
  const called = (e: Expr): string => names.get(e) ?? number.get(e) ?? 'given'
  const line = (e: Expr): string => {
    const value = literalValue(e)
    const inner = e.body === undefined ? '' : `{${structureOf(writtenBy(e.body), new Map())}}`
    return value === undefined ? `${e.op.name}${options(e)}(${e.args.map(called).join(',')})${inner}` : String(value)
  }
  return `${own.map((e) => `${called(e)}=${line(e)}`).join(';')}→${results.map((e) => (e === null ? '-' : called(e))).join(',')}`
}

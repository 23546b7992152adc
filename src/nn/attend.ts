/** Scaled dot-product attention: every query takes the mean of the values, weighted by how well their keys match it. */
import type { Expr } from '../graph/expr.js'
import { broadcast, column, div, dot, mul, ones, rankLast, reshape, scan, selectGreater, zeros } from '../graph/ops.js'
import { assertOptions, expression, flag, optional } from '../graph/options.js'
import { assertShape } from '../graph/shape.js'
import { softmax } from './loss.js'

/** Which keys a query may look at; all of them where nothing is given. */
export interface AttendOptions {
  /** A query looks at the key of its own position and those before it; there are as many queries as keys. */
  readonly causal?: boolean
  /** `[n, keys]`, 0 for keys that nothing looks at, such as those that only fill up a sequence: neither they nor their values count. */
  readonly keys?: Expr
}

/**
 * `softmax(query · keyᵀ / √d) · value` for each of `n` examples: Vaswani et al. 2017 (arXiv:1706.03762), equation 1. `query`
 * `[n, queries, d]`, `key` `[n, keys, d]` and `value` `[n, keys, e]` give `[n, queries, e]`; a query without a key to look at gets
 * zeros. The examples are gone through one by one, in a loop. Throws on other shapes.
 */
export const attend = (query: Expr, key: Expr, value: Expr, options: AttendOptions = {}): Expr => {
  assertShape(
    [query, key, value].every((e) => e.shape.length === 3 && e.shape[0] === query.shape[0]) &&
      key.shape[1] === value.shape[1],
    'attend',
    'queries [n, queries, d], keys [n, keys, d] and values [n, keys, e]',
    query.shape,
    key.shape,
    value.shape,
  )
  const weights = weigher('attend', query, key, options)
  return perExample({ query, key, value }, options.keys, (q, k, v, keys) => {
    // a key that is left out has the weight 0, and 0 times a NaN is NaN
    const read = keys === undefined ? v : selectGreater(column(keys), 0.5, v, 0)
    return dot(weights(q, k, keys), read)
  })
}

/** The weights with which `attend` takes values: `[n, queries, keys]`, each row adding up to 1, or to 0 where there is no key. */
export const attentionWeights = (query: Expr, key: Expr, options: AttendOptions = {}): Expr => {
  const weights = weigher('attentionWeights', query, key, options)
  return perExample({ query, key, value: key }, options.keys, (q, k, _v, keys) => weights(q, k, keys))
}

type One = (query: Expr, key: Expr, value: Expr, keys: Expr | undefined) => Expr

const perExample = (all: Readonly<Record<'query' | 'key' | 'value', Expr>>, keys: Expr | undefined, one: One): Expr => {
  if (keys === undefined)
    return scan({ states: {}, inputs: all }, ({}, x) => ({
      states: {},
      outputs: { result: one(x.query, x.key, x.value, undefined) },
    })).outputs.result
  return scan({ states: {}, inputs: { ...all, keys } }, ({}, x) => ({
    states: {},
    outputs: { result: one(x.query, x.key, x.value, x.keys) },
  })).outputs.result
}

/** The weights `[queries, keys]` of one example, after a look at the shapes. */
const weigher = (operation: string, query: Expr, key: Expr, options: AttendOptions) => {
  assertOptions(operation, options, { causal: optional(flag), keys: optional(expression) })
  const { causal = false, keys } = options
  const [n = 0, queries = 0, d = 1] = query.shape
  const [, count = 0] = key.shape
  assertShape(
    query.shape.length === 3 && key.shape.length === 3 && key.shape[0] === n && key.shape[2] === d,
    operation,
    'queries [n, queries, d] and keys [n, keys, d]',
    query.shape,
    key.shape,
  )
  assertShape(
    keys === undefined || (keys.shape.length === 2 && keys.shape[0] === n && keys.shape[1] === count),
    operation,
    `keys that count as [${n}, ${count}]`,
    keys?.shape ?? [],
  )
  assertShape(!causal || queries === count, operation, 'as many queries as keys when causal', query.shape, key.shape)
  const before = causal ? notAfter(count) : undefined
  return (q: Expr, k: Expr, counting: Expr | undefined): Expr => {
    const scores = div(dot(q, k, { tb: true }), Math.sqrt(d))
    if (before === undefined && counting === undefined) return softmax(scores)
    const possible = before ?? ones(scores.shape)
    const active = counting === undefined ? possible : selectGreater(counting, 0.5, possible, 0)
    return mul(softmax(scores, active), active)
  }
}

/** `[n, n]`: 1 where the column is not after the row. The ranks of equal entries are 0, 1, … */
const notAfter = (n: number): Expr => {
  const position = rankLast(zeros([1, n]))
  return selectGreater(broadcast(position, [n, n]), reshape(position, [n, 1]), 0, 1)
}

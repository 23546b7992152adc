/** Equal nodes made one: operation, type, shape, attributes and arguments decide, never the moment of creation. */
import type { Attrs, Expr } from './expr.js'
import { sameShape } from './shape.js'

/** Gives the node that stands for all nodes equal to `e`; the arguments of `e` must come from here themselves. */
export type Share = (e: Expr) => Expr

/** An empty set of shared nodes. Nodes are found by a hash of their parts, so that a graph is shared in linear time. */
export const sharing = (): Share => {
  const hashes = new Map<Expr, number>()
  /** By hash; a node whose hash is taken by another one has the next that is not. */
  const nodes = new Map<number, Expr>()
  return (e) => {
    if (hashes.has(e)) return e
    let hash = mix(hashOfText(e.op.name), e.shape.length)
    for (const d of e.shape) hash = mix(hash, d)
    for (const a of e.args) hash = mix(hash, hashes.get(a) ?? 0)
    hash = hashOfAttrs(hash, e.attrs)
    for (;;) {
      const known = nodes.get(hash)
      if (known === undefined) break
      if (isEqual(e, known)) return known
      hash = (hash + 1) | 0
    }
    nodes.set(hash, e)
    hashes.set(e, hash)
    return e
  }
}

// Attributes by `Object.is`: NaN equals itself, and -0 is not 0.
const isEqual = (a: Expr, b: Expr): boolean =>
  a.op === b.op &&
  a.dtype === b.dtype &&
  a.args.length === b.args.length &&
  a.args.every((x, i) => x === b.args[i]) &&
  sameShape(a.shape, b.shape) &&
  sameAttrs(a.attrs, b.attrs)

const sameAttrs = (a: Attrs, b: Attrs): boolean => {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => sameAttr(a[name], b[name]))
}

const sameAttr = (a: Attrs[string] | undefined, b: Attrs[string] | undefined): boolean =>
  Object.is(a, b) || (typeof a === 'object' && typeof b === 'object' && sameShape(a, b))

const float = new Float64Array(1)
const words = new Int32Array(float.buffer)

/** A 32-bit hash that depends on all bits of the number; all NaN are one. */
const mix = (hash: number, x: number): number => {
  float[0] = Number.isNaN(x) ? 0 : x
  const h = Math.imul(hash ^ words[0]!, 0x9e3779b1) ^ words[1]!
  return Math.imul(h ^ (h >>> 15), 0x85ebca6b)
}

const hashOfText = (text: string): number => {
  let hash = text.length
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash, 31) + text.charCodeAt(i)
  return hash | 0
}

const hashOfAttrs = (start: number, attrs: Attrs): number => {
  let hash = start
  for (const name in attrs) {
    const value = attrs[name]
    if (typeof value === 'number') hash = mix(hash, value)
    else if (typeof value === 'object') for (const x of value) hash = mix(hash, x)
    else hash = mix(hash, hashOfText(String(value)))
  }
  return hash
}

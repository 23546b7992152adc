import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Expr } from '../../src/graph/expr.js'
import * as o from '../../src/graph/ops.js'
import { sharing } from '../../src/graph/sharing.js'
import { simplify } from '../../src/graph/simplify.js'
import { topological } from '../../src/graph/topological.js'
import { randomGraph } from '../support/randomGraph.js'

/** A copy of the graph that shares no node with itself: every use of a node is a node of its own. */
const unshared = (e: Expr): Expr => ({ ...e, attrs: { ...e.attrs }, args: e.args.map(unshared) })

/** All of a node and below, as a tree. */
const text = (e: Expr): string => {
  const attrs = Object.entries(e.attrs).map(([name, value]) => `${name}=${String(value)}`)
  return `${e.op.name} ${e.dtype} [${e.shape.join()}] {${attrs.join()}} (${e.args.map(text).join('; ')})`
}

describe('sharing', () => {
  it('makes nodes one exactly where they read alike, for every random graph', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.integer({ min: 1, max: 12 }), (seed, nodes) => {
        const g = randomGraph(seed, nodes, 5)
        const share = sharing()
        const deep = (e: Expr): Expr => share({ ...e, args: e.args.map(deep) })
        const given = [...Object.values(g.updates), ...Object.values(g.outputs)].map(unshared)
        const merged = topological(given.map(deep))
        const texts = new Set(topological(given).map(text))
        expect(new Set(merged.map(text))).toEqual(texts)
        expect(merged).toHaveLength(texts.size)
      }),
      { numRuns: 60 },
    )
  })

  it('keeps apart what differs in a type, a shape, a sign of zero or an offset, and merges NaN', () => {
    const share = sharing()
    const apart = [
      o.input('x', [3]),
      o.input('x', [3], 'i32'),
      o.input('x', [3, 1]),
      o.block('x', [3]),
      o.literal(0),
      o.literal(-0),
      o.literal(Number.NaN),
      o.literal(Number.POSITIVE_INFINITY),
    ]
    expect(new Set(apart.map(share)).size).toBe(apart.length)
    expect(share(o.literal(Number.NaN))).toBe(apart[6])
    expect(share(o.literal(-0))).toBe(apart[5])
    const x = share(o.input('y', [9]))
    expect(new Set([0, 1, 2].map((from) => share(o.slice(x, from, [3])))).size).toBe(3)
  })

  it('keeps loops apart whose steps differ in a sign of zero, in a step of a loop inside, or in their direction', () => {
    const x = o.input('x', [2, 3])
    const loop = (value: number, steps: number, reverse: boolean): Expr => {
      const inner = (h: Expr) =>
        o.scan({ states: { h }, steps }, (s) => ({ states: { h: o.div(s.h, value) } })).states.h
      return o.scan({ states: { h: o.ones([3]) }, inputs: { x }, reverse }, (s, step) => ({
        states: { h: o.add(inner(s.h), step.x) },
      })).states.h
    }
    const different = [loop(0, 1, false), loop(-0, 1, false), loop(0, 2, false), loop(0, 1, true)]
    const scans = (es: readonly Expr[]) => topological(simplify(es)).filter((e) => e.op.name === 'scan')
    expect(scans([...different, loop(0, 1, false)])).toHaveLength(different.length)
  })
})

/** What programs are fed in tests with random graphs. */
import { topological } from '../../src/graph/topological.js'
import type { RandomGraph } from '../../src/testing/arbitraries/randomGraph.js'

export { randomGraph, type RandomGraph } from '../../src/testing/arbitraries/randomGraph.js'

/** The part of the environment that the graph reads as inputs, fed at each run. */
export const feeds = (g: RandomGraph): Readonly<Record<string, ArrayLike<number>>> => {
  const read = topological([...Object.values(g.updates), ...Object.values(g.outputs)])
  const names = new Set(read.filter((e) => e.op.name === 'input').map((e) => String(e.attrs.name)))
  return Object.fromEntries(Object.entries(g.env).filter(([name]) => names.has(name)))
}

/** Random differentiable functions. */
import fc from 'fast-check'
import { asFunction, type Call } from '../asFunction.js'
import { differentiable } from './menu.js'
import { randomGraph } from './randomGraph.js'

/** Size of random graphs: up to `nodes` operations (absent: 20) on matrices of up to `axis` rows and columns (absent: 4). */
export interface GraphLimits {
  readonly nodes?: number
  readonly axis?: number
}

/** The function of a random graph, and arguments for it: `checkGradients(f, args)`. Its outputs are called `out0`, `out1`, … */
export const callOf = (seed: number, nodes: number, axis: number): Call => {
  const { outputs, env } = randomGraph(seed, nodes, axis, differentiable)
  return asFunction(outputs, env)
}

/**
 * Random functions of several arguments with several outputs, at a point where values are moderate; products, reductions, windows, loops, kinks
 * and declared derivatives occur. Smaller ones have fewer operations and shorter axes.
 */
export const graphs = ({ nodes = 20, axis = 4 }: GraphLimits = {}): fc.Arbitrary<Call> =>
  fc
    .tuple(fc.noShrink(fc.nat(2 ** 31 - 1)), fc.integer({ min: 1, max: nodes }), fc.integer({ min: 1, max: axis }))
    .map(([seed, count, limit]) => callOf(seed, count, limit))

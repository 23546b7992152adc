/**
 * Second derivatives: Hessian-vector products by forward mode over reverse mode, by reverse over reverse, which is their transpose, and
 * as differences of the gradient. The objective is the sum of ⟨u, y⟩ over the outputs.
 */
import { evaluate } from '../graph/evaluate.js'
import { gradients } from '../graph/grad.js'
import { jvp } from '../graph/jvp.js'
import { add, mul, sum } from '../graph/ops.js'
import {
  type Derivatives,
  flushed,
  jointLine,
  jointly,
  named,
  promise,
  tangentsOf,
  type Transformed,
} from './derivatives.js'
import { atLeast, cap, rounding, sizesOn, trust, unsettledAdvice } from './differences.js'
import { type Direction, moved, pointOf, scaleOf } from './directions.js'
import { evaluatorOf } from './evaluator.js'
import { noiseOf } from './noise.js'
import type { Problem } from './problem.js'
import { ridders, type Slope } from './ridders.js'
import { boundsInF64 } from './roundingBounds.js'
import { type About, type Pair, type Tally, tallyOf } from './tally.js'

/** Compares Hessian-vector products along the directions. Throws where a rule has no derivative of its own. */
export const secondOrder = (
  problem: Problem,
  graphs: Transformed,
  directions: readonly Direction[],
  { u, inner: innerValue }: Derivatives,
  seed: number,
): Tally => {
  const tally = tallyOf('second order')
  const { variables } = problem
  const leaves = variables.map((v) => v.leaf)
  const env = { ...problem.env, ...named(graphs.cotangents, u) }
  const [first, ...others] = graphs.objectives
  if (first === undefined) return tally
  const gradient = gradients(add(first, ...others), leaves)
  const forward = jvp(
    gradient,
    leaves.map((of, i) => ({ of, along: graphs.tangents[i]! })),
  )
  const products = gradient.map((g, i) => sum(mul(g, graphs.tangents[i]!)))
  const reverse = gradients(add(products[0]!, ...products.slice(1)), leaves)
  const smooth = promise(problem, [...gradient, ...forward])
  const all = { ...env, ...smooth.env }
  const point = pointOf(problem)
  const noisy = evaluatorOf(smooth.roots, { ...all, ...named(graphs.tangents, jointly(problem, seed)) }, leaves)
  const line = jointLine(problem, noisy, seed)
  const noise = noiseOf(line)
  const n = noise.length / 2
  const [noiseOfGradient, noiseOfProduct] = [noise.subarray(0, n), noise.subarray(n)]
  const owner = Int32Array.from(point.flatMap((values, i) => Array.from(values, () => i)))
  const start = point.map((_, i) => owner.indexOf(i))
  const objective = evaluate(graphs.objectives, env, 'f64').reduce((all, l) => all + Math.abs(l[0]!), 0)
  const inner = innerValue * u.reduce((all, list) => list.reduce((sum, x) => sum + Math.abs(x), all), 0)
  const around = sizesOn(line)
  const sizes = point.map((values, i) =>
    around
      .subarray(start[i], start[i]! + values.length)
      .reduce((most, x) => Math.max(most, x), objective / scaleOf(values)),
  )

  const products2 = evaluatorOf([...forward, ...reverse], env, graphs.tangents)
  const evaluators = leaves.map((leaf) => evaluatorOf(smooth.roots.slice(0, leaves.length), all, [leaf]))
  const slopeOf = ({ variable, along, step }: Direction, part: number, noise = noiseOfGradient): Slope =>
    ridders((t) => evaluators[variable]!([moved(point[variable]!, along, t)]), {
      step: step * part,
      noise,
    })

  const made = directions.map((direction) => ({
    direction,
    both: products2(tangentsOf(problem, direction)),
    slope: slopeOf(direction, 1),
  }))
  const scales = new Map<string, number>()
  const block = ({ variable, entry }: Direction, i: number): string => `${variable} ${entry < 0} ${owner[i]}`
  for (const { direction, slope } of made)
    slope.value.forEach((x, i) => {
      const at = block(direction, i)
      if (Number.isFinite(x)) scales.set(at, Math.max(scales.get(at) ?? 0, Math.abs(x)))
    })

  for (const { direction, both, slope } of made) {
    const size = scaleOf(point[direction.variable]!)
    const lost = flushed(innerValue, direction.along)
    let second: Slope | undefined
    let last: Slope | undefined
    let bounds: Float64Array | undefined
    const rounded = (i: number): number => {
      bounds ??= boundsInF64([...forward, ...reverse], {
        ...env,
        ...named(graphs.tangents, tangentsOf(problem, direction)),
      })
      return (bounds[i] ?? 0) + (bounds[n + i] ?? 0)
    }
    for (let i = 0; i < n; i++) {
      const [fr, rr] = [both[i]!, both[n + i]!]
      const scale = scales.get(block(direction, i)) ?? 0
      // a second derivative this far below gradient over argument does not show in the gradient
      const natural = sizes[owner[i]!]! / size
      // where terms of that size cancel, no product is better than their rounding
      const cancelled = 2 ** -50 * natural
      const seen = rounding * Math.max(Math.abs(fr), Math.abs(rr)) + (16 * noiseOfProduct[i]!) / size + cancelled
      const own = Math.abs(fr - rr) > seen + lost ? seen + rounded(i) : seen
      const about: About = () => ({
        claim: 'Hessian-vector products, forward over reverse mode against reverse over reverse mode',
        output: -1,
        argument: variables[owner[i]!]?.argument ?? -1,
        entry: i - start[owner[i]!]!,
        names: ['forward over reverse', 'reverse over reverse'],
        reason: 'rounding, and 16 times the noise that the product shows between neighbouring points',
      })
      tally.compare({ got: fr, want: rr, tolerance: own + lost, scale }, about)
      const aboutDifferences: About = () => ({
        ...about(),
        claim: 'Hessian-vector product against differences of the gradient',
        names: ['forward over reverse', 'differences'],
        reason: `${trust} times the error that the differences show (Ridders), and rounding of the product`,
      })
      const isZero = ({ want, tolerance }: Pair): boolean =>
        Math.abs(fr) <= Math.max(own + lost, (2 ** -60 * inner) / (size * scaleOf(point[owner[i]!]!))) &&
        Math.abs(want) <= tolerance &&
        tolerance - lost <= (2 ** -36 * inner) / (size * scaleOf(point[owner[i]!]!))
      const judged = (s: Slope): Pair => {
        const pair = { got: fr, want: s.value[i]!, tolerance: trust * s.error[i]! + own + lost, scale }
        return scale <= pair.tolerance ? { ...pair, scale: natural } : pair
      }
      const settled = (pair: Pair): boolean =>
        pair.tolerance - lost <= Math.max(cap * scale, 2 ** -36 * natural) || isZero(pair)
      const one = judged(slope)
      const wrong = !settled(one) || !(Math.abs(fr - one.want) <= one.tolerance)
      if (wrong) second ??= slopeOf(direction, 11 / 64)
      const other = wrong && second !== undefined ? judged(second) : one
      const found = settled(other) ? other : one
      const isFault = settled(found) && Number.isFinite(fr) && !(Math.abs(fr - found.want) <= found.tolerance)
      if (isFault) last ??= slopeOf(direction, 1, atLeast(noiseOfGradient, boundsInF64(gradient, env)))
      const pair = isFault && last !== undefined ? judged(last) : found
      if (settled(pair) || !Number.isFinite(fr)) tally.compare(pair, aboutDifferences)
      else tally.unsettled(pair, () => ({ ...aboutDifferences(), reason: unsettledAdvice }))
    }
  }
  return tally
}

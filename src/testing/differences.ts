/** Both modes against differences of the function: this checks the rules themselves. */
import { type Derivatives, flushed, jointLine, promise } from './derivatives.js'
import { type Direction, moved, pointOf, scaleOf } from './directions.js'
import { evaluatorOf } from './evaluator.js'
import { noiseOf } from './noise.js'
import type { Problem } from './problem.js'
import { type Line, ridders, type Slope } from './ridders.js'
import type { RoundingBounds } from './roundingBounds.js'
import { type About, type Pair, type Tally, tallyOf } from './tally.js'

/** How many times the estimate of their error differences may be off. */
export const trust = 10
/** Largest tolerance as a part of the largest entry of the derivative: faults of 1e-4 of it are three times larger. */
export const cap = 3e-5
/** Rounding of a derivative, as a part of it. */
export const rounding = 2 ** -46

/** What differences cannot tell, and what to do. */
export const unsettledAdvice =
  'differences of all steps disagree by more than this, so they prove nothing here: the values of the function are too noisy ' +
  '(a large constant hides a small change, or large terms cancel) or it is too rough at this point. Choose other values ' +
  '(seed, low and high, values), or check its parts on their own'

/** Largest magnitude of each element of a function near the point. */
export const sizesOn = (line: Line): Float64Array => {
  const sizes = line(0).map(Math.abs)
  for (const t of [-0.21875, 0.21875])
    line(t).forEach((y, i) => {
      const size = Math.abs(y)
      if (Number.isFinite(size) && size > sizes[i]!) sizes[i] = size
    })
  return sizes
}

/** Values of all outputs and, behind them, of ⟨u, y⟩ of each, along a line. */
const withProjections =
  (line: Line, { u, offsets }: Derivatives): Line =>
  (t) => {
    const values = line(t)
    const all = new Float64Array(values.length + u.length)
    all.set(values)
    u.forEach((cotangent, o) => {
      let total = 0
      for (let i = 0; i < cotangent.length; i++) total += cotangent[i]! * values[offsets[o]! + i]!
      all[values.length + o] = total
    })
    return all
  }

/** Bounds of values and, behind them, of ⟨u, y⟩ of each output. */
const withProjectedBounds = (errors: Float64Array, { u, offsets, values }: Derivatives): Float64Array => {
  const all = new Float64Array(values.length + u.length)
  all.set(errors)
  u.forEach((cotangent, o) => {
    all[values.length + o] = cotangent.reduce((sum, x, j) => sum + Math.abs(x) * (errors[offsets[o]! + j] ?? 0), 0)
  })
  return all
}

/** Noise, and at least `least`. */
export const atLeast = (noise: Float64Array, least: Float64Array): Float64Array =>
  noise.map((x, i) => Math.max(x, least[i] ?? 0))

/** Compares forward mode element by element, and reverse mode through ⟨u, ·⟩, with differences along every direction. */
export const differences = (
  problem: Problem,
  directions: readonly Direction[],
  d: Derivatives,
  { seed, differencesOf }: { readonly seed: number; readonly differencesOf: 'promise' | 'value' },
  bounds: RoundingBounds,
): Tally => {
  const tally = tallyOf('differences')
  const { outputs, variables, env } = problem
  const values = outputs.map((o) => o.value)
  const smooth = promise(problem, values)
  const roots = differencesOf === 'promise' ? smooth.roots : values
  const all = { ...env, ...smooth.env }
  const leaves = variables.map((v) => v.leaf)
  const line = withProjections(jointLine(problem, evaluatorOf(smooth.roots, all, leaves), seed), d)
  const noise = noiseOf(line)
  const point = pointOf(problem)
  const evaluators = leaves.map((leaf) => evaluatorOf(roots, all, [leaf]))
  const lineOf = ({ variable, along }: Direction): Line =>
    withProjections((t) => evaluators[variable]!([moved(point[variable]!, along, t)]), d)
  const slopes = directions.map((direction) => ridders(lineOf(direction), { step: direction.step, noise }))
  // another sequence of steps, for when the first says that something is wrong
  const again = new Map<Direction, Slope>()
  const confirm = (direction: Direction): Slope => {
    const known = again.get(direction)
    const slope = known ?? ridders(lineOf(direction), { step: (direction.step * 11) / 64, noise })
    again.set(direction, slope)
    return slope
  }
  // and a last one that trusts no digit which rounding may have made, whatever noise was seen
  const last = new Map<Direction, Slope>()
  const bounded = (direction: Direction): Slope => {
    const known = last.get(direction)
    const least = withProjectedBounds(bounds.values(), d)
    const slope = known ?? ridders(lineOf(direction), { step: direction.step, noise: atLeast(noise, least) })
    last.set(direction, slope)
    return slope
  }

  const total = d.values.length
  const cotangent = d.u.map((u) => u.reduce((all, x) => all + Math.abs(x), 0))
  const scales = scalesOf(directions, slopes, d)
  directions.forEach((direction, k) => {
    const { variable, entry } = direction
    const argument = variables[variable]?.argument ?? -1
    const one = (i: number, output: number, mode: 'forward' | 'reverse', got: number, seen: number): void => {
      let own = seen
      const scale = scales(k, i)
      // a fixed allowance, which says nothing about differences
      const lost = mode === 'reverse' ? flushed(d.inner, direction.along) : 0
      const natural = (d.inner * (mode === 'forward' ? 1 : cotangent[output]!)) / scaleOf(point[variable]!)
      // zero up to its own rounding, and differences see nothing either
      const isZero = ({ want, tolerance }: Pair): boolean =>
        Math.abs(got) <= Math.max(own + lost, 2 ** -60 * natural) &&
        Math.abs(want) <= tolerance &&
        scale <= tolerance &&
        tolerance - lost <= 2 ** -36 * natural
      const judged = ({ value, error }: Slope): Pair => {
        const pair = { got, want: value[i]!, tolerance: trust * error[i]! + own + lost, scale }
        return isZero(pair) ? { ...pair, scale: natural } : pair
      }
      const about: About = () => ({
        claim: `${mode} mode against differences`,
        output,
        argument,
        entry,
        names: [`${mode} mode`, 'differences'],
        reason: `${trust} times the error that the differences show (Ridders), and rounding of the derivative`,
      })
      // a derivative far above all that differences see is none of it
      const settled = (pair: Pair): boolean =>
        pair.tolerance - lost <= cap * Math.max(pair.scale, isZero(pair) ? 0 : Math.abs(got))
      const first = judged(slopes[k]!)
      const wrong = !settled(first) || !(Math.abs(got - first.want) <= first.tolerance)
      if (wrong && Number.isFinite(got))
        own += mode === 'forward' ? (bounds.forward(direction)[i] ?? 0) : bounds.reverse(output, direction)
      const second = wrong && Number.isFinite(got) ? judged(confirm(direction)) : first
      const one = settled(second) ? second : first
      const isFault = settled(one) && !(Math.abs(got - one.want) <= one.tolerance)
      const pair = isFault && Number.isFinite(got) ? judged(bounded(direction)) : one
      if (settled(pair) || !Number.isFinite(got)) tally.compare(pair, about)
      else tally.unsettled(pair, () => ({ ...about(), reason: unsettledAdvice }))
    }
    outputs.forEach((_, o) => {
      const from = d.offsets[o]!
      const count = d.u[o]!.length
      for (let i = from; i < from + count; i++) {
        const got = d.forward[k]![i]!
        one(i, o, 'forward', got, rounding * Math.abs(got) + (16 * d.forwardNoise[i]!) / scaleOf(point[variable]!))
      }
      const [g, uncertain] = [d.reverse[o]![variable]!, d.reverseNoise[o]![variable]!]
      let [slope, size] = [0, 0]
      for (let j = 0; j < g.length; j++) {
        const along = direction.along[j]!
        slope += g[j]! * along
        size += Math.abs(along) * (16 * uncertain[j]! + rounding * Math.abs(g[j]!))
      }
      one(total + o, o, 'reverse', slope, size)
    })
  })
  return tally
}

/** Largest difference quotient of the output that element `i` belongs to, in the variable of direction `k`: entries and sums apart. */
const scalesOf = (
  directions: readonly Direction[],
  slopes: readonly Slope[],
  { offsets, u, values }: Derivatives,
): ((k: number, i: number) => number) => {
  const known = new Map<string, number>()
  const outputOf = Int32Array.from(values, (_, i) => offsets.findLastIndex((from) => from <= i))
  const place = (k: number, i: number): string => {
    const { variable, entry } = directions[k]!
    const part = i < values.length ? outputOf[i]! : u.length + i
    return `${variable} ${entry < 0} ${part}`
  }
  slopes.forEach(({ value }, k) => {
    for (let i = 0; i < value.length; i++) {
      const size = Math.abs(value[i]!)
      const at = place(k, i)
      if (Number.isFinite(size) && size > (known.get(at) ?? 0)) known.set(at, size)
    }
  })
  return (k, i) => known.get(place(k, i)) ?? 0
}

/** Reverse against forward mode: ⟨Jᵀu, d⟩ = ⟨u, Jd⟩ for every output and direction, up to rounding of two sums. */
import { type Derivatives, flushed } from './derivatives.js'
import type { Direction } from './directions.js'
import type { Problem } from './problem.js'
import type { RoundingBounds } from './roundingBounds.js'
import { type Tally, tallyOf } from './tally.js'

/** Sixty-four roundings: the sums are short, and what they add is rounded once or twice. */
const rounding = 64 * 2 ** -53

/** Compares the two modes; nothing of the function itself enters, so a rule that both modes have wrong in the same way stays unseen. */
export const consistency = (
  problem: Problem,
  directions: readonly Direction[],
  d: Derivatives,
  bounds: RoundingBounds,
): Tally => {
  const tally = tallyOf('consistency')
  const pairs = directions.flatMap((direction, k) => {
    const { variable, along, entry } = direction
    return d.u.map((u, output) => {
      const from = d.offsets[output]!
      const [g, noise] = [d.reverse[output]?.[variable], d.reverseNoise[output]?.[variable]]
      let [forward, reverse, size, uncertain] = [0, 0, 0, 0]
      for (let i = 0; i < u.length; i++) {
        const part = u[i]! * d.forward[k]![from + i]!
        forward += part
        size += Math.abs(part)
      }
      for (let j = 0; j < along.length; j++) {
        if (along[j]! === 0) continue
        const part = (g?.[j] ?? 0) * along[j]!
        reverse += part
        size += Math.abs(part)
        uncertain += (noise?.[j] ?? 0) * Math.abs(along[j]!)
      }
      const seen = rounding * size + 16 * uncertain + flushed(d.inner, along)
      const bound = (): number => {
        const errors = bounds.forward(direction)
        return u.reduce(
          (total, x, i) => total + Math.abs(x) * (errors[from + i] ?? 0),
          bounds.reverse(output, direction),
        )
      }
      return {
        forward,
        reverse,
        tolerance: Math.abs(reverse - forward) > seen ? seen + bound() : seen,
        output,
        variable,
        entry,
      }
    })
  })
  for (const p of pairs) {
    const scale = pairs.reduce(
      (most, { forward, output, variable, entry }) =>
        output === p.output && variable === p.variable && entry < 0 === p.entry < 0
          ? Math.max(most, Math.abs(forward))
          : most,
      0,
    )
    const pair = { got: p.reverse, want: p.forward, tolerance: p.tolerance, scale }
    tally.compare(pair, () => ({
      claim: 'reverse mode against forward mode, ⟨Jᵀu, d⟩ = ⟨u, Jd⟩',
      output: p.output,
      argument: problem.variables[p.variable]?.argument ?? -1,
      entry: p.entry,
      names: ['reverse mode', 'forward mode'],
      reason: 'rounding of the two modes, and 16 times the noise that the gradient shows between neighbouring points',
    }))
  }
  return tally
}

/** Gradients against differences: in f64, where central differences are good to about eight digits. */
import { evaluate, type Env } from '../graph/evaluate.js'
import type { Expr } from '../graph/expr.js'
import { grad } from '../graph/grad.js'

/** How well a gradient agrees with central differences. */
export interface GradientReport {
  /** Largest relative error |g - d| / max(|g|, |d|, floor) over the entries; the floor is 1e-3 of the largest |d|, or 1e-12. */
  readonly worst: number
  /** The entry with the largest error. */
  readonly index: number
  /** Its derivative from the graph. */
  readonly gradient: number
  /** Its central difference. */
  readonly difference: number
  /** Entries compared. */
  readonly entries: number
}

/**
 * Compares `grad(value, wrt)` with central differences of the scalar `value`, entry by entry, in f64.
 * `env`: values of all inputs and blocks that `value` reads, those of `wrt` among them. Values behind `stop` must not depend on
 * `wrt`, since differences see through it; kinks (relu, maximum) within `step` of the point give errors.
 * A right gradient has `worst` below 1e-6.
 */
export const checkGradient = (value: Expr, wrt: Expr, env: Env, step = 1e-5): GradientReport => {
  const name = String(wrt.attrs.name)
  const given = env[name]
  if (given === undefined) throw new Error(`checkGradient: '${name}' has no value in the environment`)
  const point = Float64Array.from(typeof given === 'number' ? [given] : Array.from(given))
  const [gradient] = evaluate([grad(value, wrt)], env, 'f64')
  const at = (i: number, x: number): number => {
    const moved = point.slice()
    moved[i] = x
    return evaluate([value], { ...env, [name]: moved }, 'f64')[0]?.[0] ?? Number.NaN
  }
  const differences = point.map((x, i) => (at(i, x + step) - at(i, x - step)) / (2 * step))
  const floor = Math.max(1e-12, 1e-3 * differences.reduce((m, d) => Math.max(m, Math.abs(d)), 0))
  let report: GradientReport = {
    worst: 0,
    index: 0,
    gradient: gradient?.[0] ?? 0,
    difference: differences[0] ?? 0,
    entries: point.length,
  }
  differences.forEach((difference, index) => {
    const g = gradient?.[index] ?? Number.NaN
    const error = Math.abs(g - difference) / Math.max(Math.abs(g), Math.abs(difference), floor)
    if (!(error <= report.worst)) report = { ...report, worst: error, index, gradient: g, difference }
  })
  return report
}

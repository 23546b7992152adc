/** Every optimiser of the registry against the published formula of its steps. */
import { errorBounds } from '../../graph/errorBound.js'
import { evaluate } from '../../graph/evaluate.js'
import type { Expr } from '../../graph/expr.js'
import { broadcast, input, literal } from '../../graph/ops.js'
import type { Optimiser } from '../../optim/optimiser.js'
import { uniforms } from '../../random/draw.js'
import { folded, key, named } from '../../random/key.js'
import { type ClosedForm, closedForms } from '../closedForms.js'
import { onOddGrid } from '../argument.js'
import { compiledValues } from '../precision.js'
import type { Item, Outcome } from './item.js'

const size = 4
const steps = 8

/** What constants may lose by being rounded to f32, such as π divided by a number of steps, in parameters of size 1. */
const constants = 2 ** -21

/** The steps of an optimiser as one graph of the gradients: parameters after each step. */
const unrolled = ({ slots: kept, update }: Optimiser, start: Expr, gradients: readonly Expr[]): readonly Expr[] => {
  let params = start
  let slots: Readonly<Record<string, Expr>> = Object.fromEntries(
    kept.map(({ name, shape, init }) => [name, init === 'params' ? start : broadcast(literal(init), shape(size))]),
  )
  return gradients.map((gradient) => {
    const stepped = update({ gradient, params, slots })
    params = stepped.params
    slots = { ...slots, ...stepped.slots }
    return params
  })
}

const numbers = (seed: number, label: string): Float64Array =>
  uniforms(named(key(seed), label), size).map((u) => onOddGrid(u))

const check = (form: ClosedForm, seed: number): Outcome => {
  const start = numbers(seed, 'start')
  const gradients = Array.from({ length: steps }, (_, t) => numbers(seed, `gradient ${t}`))
  const leaves = gradients.map((_, t) => input(`gradient ${t}`, [size]))
  const env = { start, ...Object.fromEntries(gradients.map((g, t) => [`gradient ${t}`, g])) }
  const roots = unrolled(form.make(), input('start', [size]), leaves)
  const wanted = form.trajectory(
    [...start],
    gradients.map((g) => [...g]),
  )
  const [f32, made, bounds] = [evaluate(roots, env, 'f32'), compiledValues(roots, env), errorBounds(roots, env)]
  const failures: string[] = []
  let [difference, bits, margin] = [0, 0, 0]
  roots.forEach((_, t) => {
    for (let i = 0; i < size; i++) {
      const [x, formula] = [f32[t]?.[i] ?? 0, wanted[t]?.[i] ?? 0]
      const [value, error] = [bounds[t]?.value[i] ?? 0, bounds[t]?.error[i] ?? 0]
      const at = `step ${t + 1}, parameter ${i}`
      const allowed = error + constants * Math.max(1, Math.abs(formula))
      difference = Math.max(difference, Math.abs(x - formula) / Math.max(1, Math.abs(formula)))
      if (!(Math.abs(x - formula) <= allowed))
        failures.push(`${at}: ${x}, by the formula ${formula}, further apart than ${allowed}`)
      if (!Object.is(made[t]?.[i], x)) bits++
      if (!Object.is(made[t]?.[i], x)) failures.push(`${at}: compiled ${String(made[t]?.[i])}, reference ${x}`)
      if (x !== value) margin = Math.max(margin, Math.abs(x - value) / error)
      if (!(Math.abs(x - value) <= error)) failures.push(`${at}: f32 ${x}, f64 ${value}, further apart than ${error}`)
    }
  })
  return { worst: { differences: difference, bits, bound: margin }, failures: failures.slice(0, 1) }
}

/** All optimisers and the parts that stand before one, eight steps each from four starts. */
export const optimiserItems: readonly Item[] = closedForms().map((form) => ({
  name: form.name,
  kind: 'optimiser',
  instances: [0, 1, 2, 3].map((i) => ({
    name: `start ${i}`,
    check: (seed) => check(form, folded(key(seed), i).a),
  })),
}))

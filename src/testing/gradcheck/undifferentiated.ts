/** An expression without a derivative as an instance: its bits, and how far f32 is from f64. */
import { errorBounds } from '../../graph/errorBound.js'
import { type Env, evaluate } from '../../graph/evaluate.js'
import type { Expr } from '../../graph/expr.js'
import { phrase } from '../../graph/phrase.js'
import { compiledValues } from '../precision.js'
import type { Instance } from './item.js'

/** `valuesOf`: values of all leaves, from the seed. */
export const undifferentiated = (name: string, e: Expr, valuesOf: (seed: number) => Env): Instance => ({
  name,
  check: (seed) => {
    const env = valuesOf(seed)
    const [made] = compiledValues([e], env)
    const [f32] = evaluate([e], env, 'f32')
    const [bound] = errorBounds([e], env)
    const failures: string[] = []
    let [bits, margin] = [0, 0]
    f32?.forEach((x, i) => {
      const [compiled, value, error] = [made?.[i], bound?.value[i] ?? 0, bound?.error[i] ?? 0]
      const at = `${phrase(e, 4)} at [${i}]`
      if (!Object.is(compiled, x)) {
        bits++
        failures.push(`${at}: compiled ${String(compiled)}, reference ${x}`)
      }
      const apart = x === value || (Number.isNaN(x) && Number.isNaN(value)) ? 0 : Math.abs(x - value)
      if (apart > 0) margin = Math.max(margin, apart / error)
      if (apart > error) failures.push(`${at}: f32 ${x}, f64 ${value}, further apart than ${error}`)
    })
    return { worst: { bits, bound: margin }, failures: failures.slice(0, 1) }
  },
})

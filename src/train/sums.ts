/** Sums of losses and terms over the steps of the wake, in f64; nothing is allocated per step. */
import type { Prepared } from './programs.js'
import type { Told } from './stepper.js'

/** See above. */
export interface Sums {
  /** Adds what a step told; false when a value is not finite. */
  readonly add: (told: Told) => boolean
  /** Of the scenario's loss; null when no step had one. */
  readonly loss: () => { readonly first: number; readonly last: number; readonly mean: number } | null
  /** Mean of each term over the steps that had it. */
  readonly terms: () => Readonly<Record<string, number>>
}

/** Empty sums. */
export const createSums = (): Sums => {
  const terms = new Map<Prepared, { readonly sums: Float64Array; n: number }>()
  let [first, last, sum, n] = [Number.NaN, Number.NaN, 0, 0]
  return {
    add: ({ prepared, loss, terms: values }) => {
      let own = terms.get(prepared)
      if (own === undefined) {
        own = { sums: new Float64Array(values.length), n: 0 }
        terms.set(prepared, own)
      }
      own.n++
      for (let i = 0; i < values.length; i++) {
        if (!Number.isFinite(values[i])) return false
        own.sums[i]! += values[i]!
      }
      if (!prepared.hasLoss) return true
      if (!Number.isFinite(loss)) return false
      if (n === 0) first = loss
      last = loss
      sum += loss
      n++
      return true
    },
    loss: () => (n === 0 ? null : { first, last, mean: sum / n }),
    terms: () => {
      const totals = new Map<string, { sum: number; n: number }>()
      for (const [prepared, own] of terms)
        prepared.terms.forEach((id, i) => {
          const total = totals.get(id) ?? { sum: 0, n: 0 }
          totals.set(id, { sum: total.sum + own.sums[i]!, n: total.n + own.n })
        })
      return Object.fromEntries([...totals].map(([id, t]) => [id, t.sum / t.n]))
    },
  }
}

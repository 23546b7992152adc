/** Rounding errors of a loop over time: the body's errors travel from step to step with the states. */
import { boundsOf } from './errorBound.js'
import type { Bounded, ErrorBound, Expr } from './expr.js'
import { gap, rounded } from './primitives/rounding.js'
import { type Rows, scanOf } from './scanParts.js'
import { sizeOf } from './shape.js'

const row = ({ value, error }: Bounded, i: number, size: number): Bounded => ({
  value: value.subarray(i * size, (i + 1) * size),
  error: error.subarray(i * size, (i + 1) * size),
})

/** The error rule of `scan`: the steps one after another, each with the errors that the one before has left. */
export const boundsOfLoop: ErrorBound = (args, e, value) => {
  const { body, parts } = scanOf(e)
  const { states, inputs, constants } = body
  const out = new Float64Array(value.length)
  const put = ({ at, size }: Rows, r: number, errors: Float64Array): void => out.set(errors, at + r * size)
  const leaves = new Map<Expr, Bounded>()
  states.forEach((leaf, s) => leaves.set(leaf, row(args[s]!, 0, sizeOf(leaf.shape))))
  constants.forEach((leaf, c) => leaves.set(leaf, args[states.length + inputs.length + c]!))
  const sums: readonly Float64Array[] = parts.sums.map(({ size }) => new Float64Array(size))
  for (let i = 0; i < parts.steps; i++) {
    const t = parts.reverse ? parts.steps - 1 - i : i
    parts.states.forEach((p, s) => put(p, t + parts.enters, leaves.get(states[s]!)!.error))
    inputs.forEach((leaf, x) => leaves.set(leaf, row(args[states.length + x]!, t, sizeOf(leaf.shape))))
    const made = boundsOf([...body.next, ...body.outputs, ...body.sums], (leaf) => leaves.get(leaf)!)
    states.forEach((leaf, s) => leaves.set(leaf, made[s]!))
    parts.outputs.forEach((p, j) => put(p, t, made[states.length + j]!.error))
    parts.sums.forEach(({ at, size }, j) => {
      const added = made[states.length + parts.outputs.length + j]!
      const total = sums[j]!
      for (let k = 0; k < size; k++) {
        const drift = out[at + k]! + added.error[k]!
        total[k]! += added.value[k]!
        // the first is added to +0, which is exact; exact terms give the sum rounded
        const only = gap(Math.fround(total[k]!), total[k]!)
        out[at + k] = i === 0 ? drift : drift === 0 ? only : rounded(total[k]!, drift)
      }
    })
  }
  parts.states.forEach((p, s) => put(p, parts.last, leaves.get(states[s]!)!.error))
  return out
}

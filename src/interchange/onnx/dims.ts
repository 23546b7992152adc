/**
 * Lengths that may follow the batch. An expression has the shapes of one batch, so it is built for several batches and a length is
 * known by its values for each of them: `[784, 784, 784]`, or `[127, 131, 137]` for the batch itself.
 */
import type { AxisLength } from './model.js'

/** One value for each build. */
export type Dim = readonly number[]

/** Whether two are equal in every build. */
export const sameDim = (a: Dim, b: Dim): boolean => a.every((v, i) => v === b[i])

/** Whether two shapes are equal in every build. */
export const sameDims = (a: readonly Dim[], b: readonly Dim[]): boolean =>
  a.length === b.length && a.every((d, i) => sameDim(d, b[i]!))

/** The length when it is the same in every build. */
export const fixedOf = (d: Dim): number | undefined => (d.every((v) => Object.is(v, d[0])) ? d[0] : undefined)

/** Whether it is 1 in every build. */
export const isOne = (d: Dim): boolean => fixedOf(d) === 1

/** Number of elements; `like` says how many builds there are. */
export const productOf = (dims: readonly Dim[], like: Dim): Dim =>
  dims.reduce<Dim>(
    (product, d) => product.map((v, i) => v * d[i]!),
    like.map(() => 1),
  )

/** `each · batch + plus`, in whole numbers; undefined where it is no such thing. */
export const affine = (d: Dim, batches: Dim): { readonly each: number; readonly plus: number } | undefined => {
  const [first = 0, second = first] = d
  const [n = 0, m = n + 1] = batches
  const each = (second - first) / (m - n)
  const plus = first - each * n
  const holds = Number.isInteger(each) && d.every((v, i) => v === each * batches[i]! + plus)
  return holds ? { each, plus } : undefined
}

/** As it stands in a file: a number, or `n`, `2n`, `n+1`. */
export const lengthOf = (d: Dim, batches: Dim): AxisLength => {
  const fixed = fixedOf(d)
  if (fixed !== undefined) return fixed
  const { each = 1, plus = 0 } = affine(d, batches) ?? {}
  return `${each === 1 ? '' : each}n${plus === 0 ? '' : plus > 0 ? `+${plus}` : plus}`
}

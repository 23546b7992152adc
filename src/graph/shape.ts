/** Static shapes of up to four axes, the last one contiguous in memory. Images are `[n, height, width, channels]`. */
import { builtAt } from './origin.js'

/** Axis lengths, outermost first; `[]` is a scalar. */
export type Shape = readonly number[]

/** Number of elements of a shape. */
export const sizeOf = (shape: Shape): number => shape.reduce((n, d) => n * d, 1)

/** Whether two shapes are equal axis by axis. */
export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((d, i) => d === b[i])

/** A shape as text, `[2, 3]`. */
export const showShape = (shape: Shape): string => `[${shape.join(', ')}]`

/** Length of the last axis; 1 for a scalar. */
export const columnsOf = (shape: Shape): number => shape[shape.length - 1] ?? 1

/** Product of all axes but the last; 1 for vectors and scalars. */
export const rowsOf = (shape: Shape): number => (shape.length === 0 ? 1 : sizeOf(shape.slice(0, -1)))

/**
 * Fails with the operation's name, every shape involved and the place in the caller's code: a wrong shape is a bug in the caller, so
 * it throws.
 */
export const assertShape = (ok: boolean, operation: string, expected: string, ...shapes: readonly Shape[]): void => {
  if (!ok) throw new Error(`${operation}: expected ${expected}, got ${shapes.map(showShape).join(' and ')}${builtAt()}`)
}

/** Fails where `shape` is that of no tensor: axes have whole lengths from 1, and the bytes of a tensor are counted in 32 bits. */
export const assertAxes = (operation: string, shape: Shape): void => {
  const whole = shape.every((d) => Number.isInteger(d) && d >= 1)
  assertShape(whole, operation, 'axes of whole lengths from 1', shape)
  assertShape(sizeOf(shape) < 2 ** 30, operation, 'fewer than 2^30 elements', shape)
}

/**
 * The shape two operands are broadcast to: equal shapes, a scalar with anything, a row `[n]` or `[1, n]` along `[m, n]`,
 * a column `[m, 1]` along `[m, n]` (or `[n, h, w, 1]` along `[n, h, w, c]`). Throws otherwise, naming both shapes.
 */
export const commonShape = (operation: string, a: Shape, b: Shape): Shape => {
  if (sameShape(a, b) || sizeOf(b) === 1) return sizeOf(a) === 1 && b.length > a.length ? b : a
  if (sizeOf(a) === 1) return b
  const [wide, narrow] = a.length > b.length || (a.length === b.length && sizeOf(a) >= sizeOf(b)) ? [a, b] : [b, a]
  if (fits(narrow, wide)) return wide
  const outer = a.length === 2 && b.length === 2 && a[1] === 1 && b[0] === 1 ? [a[0] ?? 1, b[1] ?? 1] : undefined
  assertShape(outer !== undefined, operation, 'shapes that broadcast ([n] or [m, 1] along [m, n], or a scalar)', a, b)
  return outer ?? a
}

/** Whether `narrow` is a scalar, a row or a column of `wide`. */
export const fits = (narrow: Shape, wide: Shape): boolean =>
  sizeOf(narrow) === 1 ||
  (sizeOf(narrow) === columnsOf(wide) && columnsOf(narrow) === columnsOf(wide)) ||
  isColumn(narrow, wide)

/** Whether `narrow` has one entry for each row of `wide`: `[m, 1]`, or the axes of `wide` with 1 in place of the last. */
export const isColumn = (narrow: Shape, wide: Shape): boolean =>
  (narrow.length === 2 && narrow[1] === 1 && narrow[0] === rowsOf(wide)) || sameShape(narrow, [...wide.slice(0, -1), 1])

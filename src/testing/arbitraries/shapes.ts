/** Random shapes. */
import fc from 'fast-check'
import type { Shape } from '../../graph/shape.js'

/** Limits of random shapes: up to 4 axes, absent: from 0 to 4 axes of lengths 1 to 6. */
export interface ShapeLimits {
  readonly minAxes?: number
  readonly maxAxes?: number
  readonly maxLength?: number
}

/** Shapes; smaller ones have fewer and shorter axes. */
export const shapes = ({ minAxes = 0, maxAxes = 4, maxLength = 6 }: ShapeLimits = {}): fc.Arbitrary<Shape> =>
  fc.array(fc.integer({ min: 1, max: maxLength }), { minLength: minAxes, maxLength: Math.min(4, maxAxes) })

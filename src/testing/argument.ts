/** Arguments of a function that is checked: what a caller may say about one, and the values it stands for. */
import { type Shape, sizeOf } from '../graph/shape.js'
import { uniforms } from '../random/draw.js'
import { folded, key, named } from '../random/key.js'

/** An argument in full. Values are rounded to f32, since that is what programs compute with. */
export interface ArgumentSpec {
  /** Up to four axes; `[]` is a scalar. */
  readonly shape: Shape
  /** What messages call it. Absent: its name in the source of the function, or `x0`, `x1`, … */
  readonly name?: string
  /** Flat, last axis fastest. Absent: drawn. */
  readonly values?: ArrayLike<number>
  /** Range of drawn values, `low` < `high`. Absent: −2 and 2. */
  readonly low?: number
  /** See `low`. */
  readonly high?: number
  /** Makes it an argument of whole numbers 0 … below − 1: class labels, indices of rows, the words of a key. Not differentiated. */
  readonly below?: number
  /** Type of whole numbers. Absent: `i32`. */
  readonly dtype?: 'i32' | 'u8'
  /** A constant, such as weights of rows: it is not differentiated. */
  readonly fixed?: boolean
}

/** An argument as callers write it: a shape alone stands for drawn values. */
export type Argument = Shape | ArgumentSpec

/** An argument with its values. */
export interface Given {
  readonly spec: ArgumentSpec
  readonly values: Float64Array
  /** Whether derivatives are taken in it. */
  readonly differentiated: boolean
}

const isShape = (argument: Argument): argument is Shape => Array.isArray(argument)

/** The full form of an argument. */
export const specOf = (argument: Argument): ArgumentSpec => (isShape(argument) ? { shape: argument } : argument)

/**
 * Values between `low` and `high` on a grid of 4096 cells, in the middles of cells: between −2 and 2 these are odd multiples of 1/2048, so
 * none is 0, a whole number or near one, and all are exact in f32 with bits to spare.
 */
export const onOddGrid = (u: number, low = -2, high = 2): number =>
  Math.fround(low + (Math.floor(u * 4096) + 0.5) * ((high - low) / 4096))

const whole = (x: number): boolean => Number.isInteger(x)

const problemsOf = (
  { shape, values, low = -2, high = 2, below, dtype }: ArgumentSpec,
  what: string,
): readonly string[] => {
  const list = values === undefined ? [] : Array.from(values)
  const size = sizeOf(shape)
  const fits = below === undefined ? Number.isFinite : (x: number) => whole(x) && x >= 0 && x < below
  const wrong = list.find((x) => !fits(x))
  return [
    ...(shape.length <= 4 && shape.every((n) => whole(n) && n >= 1)
      ? []
      : [`${what}: up to four axes of whole lengths from 1, got [${shape.join(', ')}]`]),
    ...(values === undefined || list.length === size
      ? []
      : [`${what}: [${shape.join(', ')}] needs ${size} values, got ${list.length}`]),
    ...(wrong === undefined
      ? []
      : [`${what}: values must be ${below === undefined ? 'finite' : `whole, from 0, below ${below}`}, got ${wrong}`]),
    ...(low < high && Number.isFinite(high - low)
      ? []
      : [`${what}: low must be less than high, got ${low} and ${high}`]),
    ...(below === undefined || (whole(below) && below >= 1 && below < 2 ** 31)
      ? []
      : [`${what}: below must be a whole number from 1, got ${below}`]),
    ...(dtype === undefined || below !== undefined ? [] : [`${what}: ${dtype} values need 'below'`]),
  ]
}

/** Arguments with values: those given, or draws from `seed` that depend on the argument's place and nothing else. Throws on all bad ones at once. */
export const givenOf = (args: readonly Argument[], seed: number): readonly Given[] => {
  const specs = args.map(specOf)
  const problems = specs.flatMap((spec, i) => problemsOf(spec, `argument ${i}`))
  if (problems.length > 0) throw new Error(`checkGradients: ${problems.join('; ')}`)
  return specs.map((spec, i): Given => {
    const draws = uniforms(named(folded(key(seed), i), 'values'), sizeOf(spec.shape))
    const draw = (u: number): number =>
      spec.below === undefined ? onOddGrid(u, spec.low, spec.high) : Math.floor(u * spec.below)
    return {
      spec,
      values: Float64Array.from(spec.values ?? draws.map(draw), spec.below === undefined ? Math.fround : (x) => x),
      differentiated: spec.below === undefined && spec.fixed !== true,
    }
  })
}

/** Values that other systems computed, and how far ours may be from them. */
import { readFileSync } from 'node:fs'

/** A tensor of a fixture, in f64. */
export interface Held {
  readonly shape: readonly number[]
  readonly values: readonly number[]
}

/** One of `tests/fixtures/nn.json`: `gradients` are those of `Σ cotangent · value`. */
export interface FunctionFixture {
  readonly expression: string
  readonly inputs: Readonly<Record<string, Held>>
  readonly value: Held
  readonly cotangent: Held
  readonly gradients: Readonly<Record<string, Held>>
  readonly others: Readonly<Record<string, Held>>
}

/** One of `tests/fixtures/optim.json`: the parameters after each step. */
export interface OptimiserFixture {
  readonly expression: string
  readonly options: Readonly<Record<string, number>>
  readonly after: readonly (readonly number[])[]
}

/** What stands in a file of `tests/fixtures`. */
export const fixtures = <A>(name: 'nn' | 'optim'): A =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8'))

/** The largest difference, in units of the largest magnitude of a tensor: what `relative` tolerances speak of. */
export const apart = (ours: ArrayLike<number>, theirs: readonly number[]): number => {
  const scale = Math.max(...theirs.map(Math.abs), Number.MIN_VALUE)
  return Math.max(...theirs.map((v, i) => Math.abs((ours[i] ?? Number.NaN) - v))) / scale
}

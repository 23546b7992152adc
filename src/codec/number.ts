import * as t from 'io-ts'

const numberWhere = (name: string, holds: (n: number) => boolean): t.Type<number> => {
  const is = (u: unknown): u is number => typeof u === 'number' && Number.isFinite(u) && holds(u)
  // -0 becomes 0: JSON writes both as 0, so that a value and its file must not differ
  return new t.Type<number>(name, is, (u, c) => (is(u) ? t.success(u === 0 ? 0 : u) : t.failure(u, c)), t.identity)
}

/** Any number but NaN and the infinities (`t.number` accepts those). */
export const finite = numberWhere('a finite number', () => true)

/** A finite number > 0. */
export const positive = numberWhere('a number > 0', (n) => n > 0)

/** A finite number >= 0. */
export const nonNegative = numberWhere('a number >= 0', (n) => n >= 0)

/** A number in [0, 1]. */
export const fraction = numberWhere('a number from 0 to 1', (n) => n >= 0 && n <= 1)

/** A number in [0, 1): the decay rate of a running mean. */
export const decay = numberWhere('a number >= 0 and < 1', (n) => n >= 0 && n < 1)

/** A safe integer >= 0. */
export const natural = numberWhere('an integer >= 0', (n) => Number.isSafeInteger(n) && n >= 0)

/** A safe integer >= 1 that is odd: the size of a window with a middle. */
export const odd = numberWhere('an odd integer >= 1', (n) => Number.isSafeInteger(n) && n >= 1 && n % 2 === 1)

/** A safe integer >= 1. */
export const count = numberWhere('an integer >= 1', (n) => Number.isSafeInteger(n) && n >= 1)

/** A finite number >= 1. */
export const fromOne = numberWhere('a number >= 1', (n) => n >= 1)

/** A whole number from 1 that a counter in f32 can reach. */
export const countable = numberWhere(
  'an integer from 1 to 2^24',
  (n) => Number.isSafeInteger(n) && n >= 1 && n <= 2 ** 24,
)

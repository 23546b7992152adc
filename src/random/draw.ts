import { DOMAIN } from './domain.js'
import type { Key } from './key.js'
import { threefry } from './threefry.js'

const SPAN = 2 ** 32

/** `n` independent u32 words. A shorter request is a prefix of a longer one; so it is for all draws below. */
const words = (k: Key, n: number): Uint32Array => {
  const out = new Uint32Array(n + (n % 2))
  for (let i = 0; i < n; i += 2) threefry(out, i, k.a, k.b, i / 2, DOMAIN.draw)
  return out
}

/** Draw `i`, made from its word, uniform in 0 .. bound - 1: words beyond the last whole multiple of `bound` are redrawn. */
const below = (k: Key, i: number, word: number, bound: number): number => {
  const end = SPAN - (SPAN % bound)
  if (word < end) return word % bound
  const again = new Uint32Array(2)
  for (let attempt = 0; ; attempt++) {
    threefry(again, 0, k.a, k.b, i, DOMAIN.redraw + attempt)
    if (again[0]! < end) return again[0]! % bound
  }
}

const assertNatural = (name: string, n: number): void => {
  if (!Number.isInteger(n) || n < 0 || n >= 2 ** 31) throw new Error(`${name}: expected an integer >= 0, got ${n}`)
}

/** `n` numbers, each uniform over the multiples of 2^-32 in [0, 1). */
export const uniforms = (k: Key, n: number): Float64Array => {
  assertNatural('uniforms', n)
  const raw = words(k, n)
  const out = new Float64Array(n)
  for (let i = 0; i < n; i++) out[i] = raw[i]! / SPAN
  return out
}

/** `n` integers, each uniform in 0 .. bound - 1 without bias, with replacement. Throws unless 1 <= bound < 2^31. */
export const integers = (k: Key, n: number, bound: number): Int32Array => {
  assertNatural('integers', n)
  if (!Number.isInteger(bound) || bound < 1 || bound >= 2 ** 31) {
    throw new Error(`integers: expected 1 <= bound < 2^31, got ${bound}`)
  }
  const raw = words(k, n)
  const out = new Int32Array(n)
  for (let i = 0; i < n; i++) out[i] = below(k, i, raw[i]!, bound)
  return out
}

/**
 * `take` different integers of 0 .. n - 1 in random order, each ordered choice equally likely (Fisher-Yates, from the
 * front). Throws when `take > n`.
 */
export const sample = (k: Key, n: number, take: number): Int32Array => {
  assertNatural('sample', n)
  assertNatural('sample', take)
  if (take > n) throw new Error(`sample: cannot take ${take} of ${n} without replacement`)
  const raw = words(k, take)
  const pool = new Int32Array(n)
  for (let i = 0; i < n; i++) pool[i] = i
  for (let i = 0; i < take; i++) {
    const j = i + below(k, i, raw[i]!, n - i)
    const picked = pool[j]!
    pool[j] = pool[i]!
    pool[i] = picked
  }
  return pool.slice(0, take)
}

/** A permutation of 0 .. n - 1, all equally likely. */
export const permutation = (k: Key, n: number): Int32Array => sample(k, n, n)

import { DOMAIN } from './domain.js'
import { threefry } from './threefry.js'

/** A random key: two u32 words. A value; using it twice gives the same draws twice. */
export interface Key {
  readonly a: number
  readonly b: number
}

const isNatural = (n: number, end: number): boolean => Number.isInteger(n) && n >= 0 && n < end

const derived = (k: Key, word: number, domain: number): Key => {
  const out = new Uint32Array(2)
  threefry(out, 0, k.a, k.b, word, domain)
  return { a: out[0]!, b: out[1]! }
}

/** The root key of a run. `seed`: an integer in 0 .. 2^53 - 1; throws otherwise. */
export const key = (seed: number): Key => {
  if (!isNatural(seed, 2 ** 53)) throw new Error(`key: seed must be an integer in 0 .. 2^53 - 1, got ${seed}`)
  return { a: seed >>> 0, b: Math.floor(seed / 2 ** 32) }
}

/** The child of `k` for number `n` (a step, a context, a row): an integer in 0 .. 2^32 - 1; throws otherwise. */
export const folded = (k: Key, n: number): Key => {
  if (!isNatural(n, 2 ** 32)) throw new Error(`folded: expected an integer in 0 .. 2^32 - 1, got ${n}`)
  return derived(k, n, DOMAIN.fold)
}

/**
 * The child of `k` for a label such as `'replay/draw'`. Keys derive by label and never by position, so that adding a
 * strategy or a metric changes no other draw. The length goes in first, then two UTF-16 units per word.
 */
export const named = (k: Key, label: string): Key => {
  let child = derived(k, label.length, DOMAIN.name)
  for (let i = 0; i < label.length; i += 2) {
    const high = i + 1 < label.length ? label.charCodeAt(i + 1) : 0
    child = derived(child, (label.charCodeAt(i) | (high << 16)) >>> 0, DOMAIN.name)
  }
  return child
}

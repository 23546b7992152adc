/**
 * Normal draws on the host: the inverse of the normal distribution function in f64, made of + − × ÷ and √ only, so that the bits
 * are the same in every engine.
 */
import { uniforms } from './draw.js'
import type { Key } from './key.js'
import { logarithm } from './logarithm.js'

const horner = (coefficients: readonly number[], x: number): number => coefficients.reduce((acc, c) => acc * x + c, 0)

// Highest power first. The digits are those of the paper, rounded to what an f64 holds.
const centreTop = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513,
  133.14166789178438, 3.3871328727963665,
]
const centreBottom = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579,
  42.31333070160091, 1,
]
const tailTop = [
  7.745450142783414e-4, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
  5.769497221460691, 4.630337846156546, 1.4234371107496835,
]
const tailBottom = [
  1.0507500716444169e-9, 5.475938084995345e-4, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
  1.6763848301838038, 2.053191626637759, 1,
]

/**
 * The x below which a standard normal lies with probability `p`, for 2^-36 ≤ p ≤ 1 − 2^-36: relative error below 1e-15.
 * Wichura 1988, "Algorithm AS 241: The percentage points of the normal distribution", PPND16, without its far tail.
 */
export const normalQuantile = (p: number): number => {
  const q = p - 0.5
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q
    return (horner(centreTop, r) / horner(centreBottom, r)) * q
  }
  const r = Math.sqrt(-logarithm(q < 0 ? p : 1 - p)) - 1.6
  const x = horner(tailTop, r) / horner(tailBottom, r)
  return q < 0 ? -x : x
}

/**
 * `n` standard normals, one word each: a word w stands for the probability (w + 1/2)·2^-32, so no draw is infinite or 0, and the
 * largest is 6.34. A shorter request is a prefix of a longer one.
 */
export const normals = (k: Key, n: number): Float64Array => uniforms(k, n).map((u) => normalQuantile(u + 2 ** -33))

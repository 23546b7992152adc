import type { Dataset, Rows } from '../data/dataset.js'
import { permutation } from '../random/draw.js'
import { folded, key, named } from '../random/key.js'
import type { Distribution } from './distribution.js'

/** Pixel j of each new image is pixel `from[j]` of the old one. */
export const permute = (pixels: Uint8Array, from: Int32Array): Uint8Array => {
  const inputs = from.length
  const out = new Uint8Array(pixels.length)
  for (let row = 0; row < pixels.length; row += inputs) {
    for (let j = 0; j < inputs; j++) out[row + j] = pixels[row + from[j]!]!
  }
  return out
}

interface PermutedOptions {
  readonly count: number
  readonly firstIdentity: boolean
  readonly seed: number
}

/**
 * Contexts of all classes whose pixels stand in an order drawn by key, one order per context.
 * @source Goodfellow et al. 2013, "An empirical investigation of catastrophic forgetting", permuted MNIST; no padding.
 */
export const permuted = (data: Dataset, { count, firstIdentity, seed }: PermutedOptions): readonly Distribution[] => {
  const k = named(key(seed), 'stream/permuted')
  return Array.from({ length: count }, (_, i): Distribution => {
    const kept = i === 0 && firstIdentity
    const transformed = (pixels: Uint8Array) =>
      kept ? pixels.slice() : permute(pixels, permutation(folded(k, i), data.width * data.height))
    return {
      name: kept ? 'as it is' : `permuted ${i}`,
      classes: data.classes,
      of: ({ size, pixels, labels }: Rows) => ({ size, make: () => ({ pixels: transformed(pixels), labels }) }),
    }
  })
}

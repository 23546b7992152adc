import { sample } from '../random/draw.js'
import type { Key } from '../random/key.js'

/** `n` different rows of `size`, uniformly; all of them, shuffled, when there are fewer. */
export const uniform = (key: Key, size: number, n: number): Int32Array => sample(key, size, Math.min(n, size))

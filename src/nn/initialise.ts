/** Rules for initial weights and biases. */
import { uniforms } from '../random/draw.js'
import type { Key } from '../random/key.js'

/** Fills a dense layer's weight `[fanIn, fanOut]` or bias. `part` tells which. */
export type Initialiser = (
  key: Key,
  part: 'weight' | 'bias',
  fanIn: number,
  fanOut: number,
  size: number,
) => Float32Array

const within = (key: Key, size: number, bound: number): Float32Array =>
  Float32Array.from(uniforms(key, size), (u) => (2 * u - 1) * bound)

/** Uniform in ±1/√fanIn for weights and biases: PyTorch's default of `nn.Linear`. */
const pytorch: Initialiser = (key, _part, fanIn, _fanOut, size) => within(key, size, 1 / Math.sqrt(fanIn))

/** Glorot & Bengio 2010, eq. 16: weights uniform in ±√(6/(fanIn + fanOut)), biases 0. */
const glorot: Initialiser = (key, part, fanIn, fanOut, size) =>
  part === 'bias' ? new Float32Array(size) : within(key, size, Math.sqrt(6 / (fanIn + fanOut)))

/** Initialisers by name, as benchmark files call them. */
export const initialisers = { pytorch, glorot } as const

/** A name in `initialisers`. */
export type InitialiserName = keyof typeof initialisers

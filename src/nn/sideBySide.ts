/** Several dense layers in one weight and one bias, so that they are one product: the gates of a cell, the heads of a classifier. */
import type { Shape } from '../graph/shape.js'
import { type Key, named } from '../random/key.js'
import { type InitialiserName, initialisers } from './initialise.js'
import type { Parameter } from './layer.js'

/** What the parts have in common. */
export interface SideBySide {
  readonly inputs: number
  /** Of each part. */
  readonly units: number
  /** Parts by name, in the order of their columns; each draws from a key of its own name, so that more parts change none. */
  readonly parts: readonly string[]
  readonly initialiser: InitialiserName
}

/** `[inputs, units · parts]`: each part is drawn as a matrix `[inputs, units]` of its own. */
export const weights = (name: string, s: SideBySide): Parameter => ({
  name,
  shape: [s.inputs, s.units * s.parts.length],
  initialise: (key) => drawn(key, s, 'weight', [s.inputs, s.units]),
})

/** `[units · parts]`: each part is drawn as the bias of its matrix. */
export const biases = (name: string, s: SideBySide): Parameter => ({
  name,
  shape: [s.units * s.parts.length],
  initialise: (key) => drawn(key, s, 'bias', [s.units]),
})

const drawn = (key: Key, s: SideBySide, part: 'weight' | 'bias', shape: Shape): Float32Array => {
  const rows = part === 'bias' ? 1 : s.inputs
  const out = new Float32Array(rows * s.units * s.parts.length)
  s.parts.forEach((name, p) => {
    const fan = { fanIn: s.inputs, fanOut: s.units }
    const values = initialisers[s.initialiser]({ key: named(key, name), part, shape, ...fan })
    for (let i = 0; i < rows; i++)
      out.set(values.subarray(i * s.units, (i + 1) * s.units), (i * s.parts.length + p) * s.units)
  })
  return out
}

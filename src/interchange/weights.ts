/** The parameters of a layout, or all that a network has learned, as a file of safetensors, one tensor for each entry. */
import * as E from 'fp-ts/lib/Either.js'
import { nearest } from '../codec/nearest.js'
import type { Problem } from '../codec/problem.js'
import { type Layout, layout } from '../graph/layout.js'
import { showShape } from '../graph/shape.js'
import type { Network } from '../nn/network.js'
import { numbersOf } from './numbers.js'
import { type Reading, unless } from './reading.js'
import { readSafetensors } from './readSafetensors.js'
import { writeSafetensors } from './safetensors.js'

/**
 * What of a network is saved: the entries of its parameters, then those of what it keeps beside them, such as running means. A vector
 * of this layout is the two one after the other.
 */
export const savedLayout = ({ layout: parameters, state }: Pick<Network, 'layout' | 'state'>): Layout =>
  state === undefined ? parameters : layout([...parameters.entries, ...state.layout.entries])

/**
 * A file with every entry of the layout under its name, in the layout's order. `params` [layout.size]; every bit is kept, those of
 * NaNs too. Throws on another number of values.
 */
export const saveSafetensors = (
  { size, entries }: Layout,
  params: Float32Array,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array => {
  if (params.length !== size)
    throw new Error(`saveSafetensors: expected ${size} values, as the layout has, got ${params.length}`)
  const tensors = entries.map(({ name, shape, offset, size: n }) => ({
    name,
    shape,
    values: params.subarray(offset, offset + n),
  }))
  return writeSafetensors(tensors, metadata)
}

/**
 * The flat parameters [layout.size] of a file that has exactly the entries of the layout, by name: other libraries order them as
 * they like. Left has all problems of the file, or every entry that differs, the first of the layout first, with both sides.
 */
export const loadSafetensors = (bytes: Uint8Array, { size, entries }: Layout): Reading<Float32Array> => {
  const read = readSafetensors(bytes)
  if (E.isLeft(read)) return read
  const there = new Map(read.right.tensors.map((tensor) => [tensor.name, tensor]))
  const unused = [...there.keys()].filter((name) => !entries.some((e) => e.name === name))
  const out = new Float32Array(size)
  const found: Problem[] = []
  entries.forEach(({ name, shape, offset }, i) => {
    const tensor = there.get(name)
    const path = `entry ${i} of the layout, '${name}'`
    const expected = `F32 ${showShape(shape)}`
    if (tensor === undefined) {
      const near = nearest(name, unused)
      const hint = near === undefined ? {} : { hint: `the file has '${near}', which the layout does not know` }
      found.push({ path, expected, got: 'no tensor of that name', ...hint })
    } else if (tensor.type !== 'F32' || showShape(tensor.shape) !== showShape(shape))
      found.push({ path, expected, got: `${tensor.type} ${showShape(tensor.shape)}` })
    else out.set(numbersOf(tensor.bytes, 'f32'), offset)
  })
  const known = `one of the layout's entries (${entries.map((e) => e.name).join(', ')})`
  for (const name of unused) {
    const { type = '', shape = [] } = there.get(name) ?? {}
    found.push({ path: `tensor '${name}' of the file`, expected: known, got: `${type} ${showShape(shape)}` })
  }
  return unless(found, () => out)
}

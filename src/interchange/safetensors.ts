/**
 * The safetensors format (Hugging Face, github.com/huggingface/safetensors, "Format"): the length of a JSON header as a u64, the
 * header, then the tensors' bytes side by side, little-endian, last axis fastest. What is written here has its header padded with
 * spaces to a multiple of 8 bytes, and the tensors in the order given.
 */
import { assertShape, type Shape, showShape, sizeOf } from '../graph/shape.js'
import { bytesOfNumbers, isLength } from './numbers.js'

/** A tensor to be written. */
export interface NamedTensor {
  readonly name: string
  readonly shape: Shape
  /** As many as the shape has elements. */
  readonly values: Float32Array
}

/** The name under which the header keeps texts. */
export const metadataKey = '__metadata__'

/**
 * The bytes of a file with these f32 tensors and texts; the same arguments give the same bytes. Throws on a name used twice or
 * reserved, on lengths that are none, and on values that do not fill their shape.
 */
export const writeSafetensors = (
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array => {
  const names = new Set<string>()
  let at = 0
  const described = tensors.map(({ name, shape, values }) => {
    if (name === metadataKey || names.has(name))
      throw new Error(`safetensors: the name '${name}' is ${name === metadataKey ? 'reserved' : 'used twice'}`)
    assertShape(shape.every(isLength), `safetensors '${name}'`, 'whole lengths from 0', shape)
    if (values.length !== sizeOf(shape))
      throw new Error(`safetensors: '${name}' of shape ${showShape(shape)} has ${values.length} values`)
    names.add(name)
    const from = at
    at += 4 * values.length
    return [name, { dtype: 'F32', shape, data_offsets: [from, at] }] as const
  })
  const texts = Object.keys(metadata).length === 0 ? [] : [[metadataKey, metadata] as const]
  // pair by pair: an object would put names that look like numbers first
  const pairs = [...texts, ...described].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  const header = new TextEncoder().encode(`{${pairs.join(',')}}`)
  const padded = 8 * Math.ceil(header.length / 8)
  const out = new Uint8Array(8 + padded + at).fill(0x20, 8, 8 + padded)
  new DataView(out.buffer).setUint32(0, padded, true)
  out.set(header, 8)
  let next = 8 + padded
  for (const { values } of tensors) {
    out.set(bytesOfNumbers(values), next)
    next += 4 * values.length
  }
  return out
}

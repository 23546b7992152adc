/** An ONNX model as records, and as the bytes of its file (onnx/onnx.proto, IR version 8). */
import { bytes, file, int, message, text, type Wire } from './wire.js'

/** Operators are those of this version of the standard set. */
export const opset = 18
const irVersion = 8

/** Element types that are used, and their numbers in `TensorProto.DataType`. */
const elementTypes = { f32: 1, u8: 2, i32: 6, i64: 7, bool: 9 } as const

/** See above. */
export type ElementType = keyof typeof elementTypes

/** Length of an axis: a number, or the name of one that is known when the model runs. */
export type AxisLength = number | string

/** A value's name, type and shape. */
export interface ValueInfo {
  readonly name: string
  readonly type: ElementType
  readonly shape: readonly AxisLength[]
}

/** A constant; `bytes` little-endian, last axis fastest. */
export interface Tensor {
  readonly name: string
  readonly type: ElementType
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}

/** An option of an operator. */
export type Attribute = number | string | readonly number[] | { readonly graph: Graph }

/** One operator. */
export interface OnnxNode {
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, Attribute>>
}

/** Operators in an order in which they can be computed. */
export interface Graph {
  readonly name: string
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  readonly constants: readonly Tensor[]
  readonly nodes: readonly OnnxNode[]
}

const valueInfo = ({ name, type, shape }: ValueInfo): Wire => {
  const dims = shape.flatMap((d) => message(1, typeof d === 'number' ? int(1, d) : text(2, d)))
  const tensor = [...int(1, elementTypes[type]), ...message(2, dims)]
  return [...text(1, name), ...message(2, message(1, tensor))]
}

const tensor = (t: Tensor): Wire => [
  ...t.shape.flatMap((d) => int(1, d)),
  ...int(2, elementTypes[t.type]),
  ...text(8, t.name),
  ...bytes(9, t.bytes),
]

const attribute = (name: string, value: Attribute): Wire => {
  const named = text(1, name)
  if (typeof value === 'number') return [...named, ...int(3, value), ...int(20, 2)]
  if (typeof value === 'string') return [...named, ...text(4, value), ...int(20, 3)]
  if ('graph' in value) return [...named, ...message(6, graph(value.graph)), ...int(20, 5)]
  return [...named, ...value.flatMap((n) => int(8, n)), ...int(20, 7)]
}

const node = ({ op, inputs, outputs, attributes }: OnnxNode): Wire => [
  ...inputs.flatMap((name) => text(1, name)),
  ...outputs.flatMap((name) => text(2, name)),
  ...text(3, outputs[0] ?? op),
  ...text(4, op),
  ...Object.entries(attributes).flatMap(([name, value]) => message(5, attribute(name, value))),
]

const graph = (g: Graph): Wire => [
  ...g.nodes.flatMap((n) => message(1, node(n))),
  ...text(2, g.name),
  ...g.constants.flatMap((t) => message(5, tensor(t))),
  ...g.inputs.flatMap((v) => message(11, valueInfo(v))),
  ...g.outputs.flatMap((v) => message(12, valueInfo(v))),
]

/** The bytes of a model with texts about it; the same arguments give the same bytes. */
export const writeModel = (g: Graph, metadata: Readonly<Record<string, string>>): Uint8Array =>
  file([
    ...int(1, irVersion),
    ...text(2, 'engram'),
    ...message(7, graph(g)),
    ...message(8, [...text(1, ''), ...int(2, opset)]),
    ...Object.entries(metadata).flatMap(([key, value]) => message(14, [...text(1, key), ...text(2, value)])),
  ])

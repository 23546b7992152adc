/** Builds the operators of a model: values with shapes, constants once each, operators in the order in which they are asked for. */
import { bytesOfNumbers, type Numbers, typeOf } from '../numbers.js'
import { affine, type Dim, fixedOf, lengthOf, productOf, sameDim, sameDims } from './dims.js'
import type { Attribute, ElementType, OnnxNode, Tensor, ValueInfo } from './model.js'

/**
 * A value of the model. Its shape may be less than that of the expression it stands for, as long as the rules of broadcasting make the
 * one of the other: most operators repeat values by themselves.
 */
export interface Value {
  readonly name: string
  readonly type: ElementType
  readonly dims: readonly Dim[]
  /** Present for constants. */
  readonly numbers?: Numbers
}

/** See above. Whole numbers (`i64`) are what shapes and axes are told in. */
export interface Emitter {
  /** Value of every batch the graph was built for. */
  readonly batches: Dim
  readonly dim: (n: number) => Dim
  /** An operator with one result. `type` is f32 when absent. */
  readonly op: (
    op: string,
    inputs: readonly Value[],
    dims: readonly Dim[],
    attributes?: Readonly<Record<string, Attribute>>,
    type?: ElementType,
  ) => Value
  /** An operator with several results. */
  readonly ops: (
    op: string,
    inputs: readonly Value[],
    results: readonly Pick<Value, 'dims' | 'type'>[],
    attributes: Readonly<Record<string, Attribute>>,
  ) => readonly Value[]
  /**
   * A constant; `name` where it has one, such as that of a parameter. Under the name of a constant that is there already, the same numbers
   * are that constant (in another shape a view of it), and other numbers get a name of their own.
   */
  readonly constant: (numbers: Numbers, shape: readonly number[], name?: string) => Value
  readonly literal: (value: number) => Value
  /** A list of whole numbers, `[count]`. */
  readonly whole: (list: readonly number[]) => Value
  /** Lengths as a list, those that follow the batch too. */
  readonly lengths: (dims: readonly Dim[]) => Value
  /** A fresh name. */
  readonly fresh: (stem: string) => string
  /** `value` under another shape of equal size. */
  readonly reshape: (value: Value, dims: readonly Dim[]) => Value
  /** `value` with exactly this shape. */
  readonly exact: (value: Value, dims: readonly Dim[]) => Value
  /** The operators that `build` asks for, apart from all others: the body of a loop. */
  readonly apart: <A>(build: () => A) => { readonly result: A; readonly nodes: readonly OnnxNode[] }
  /** Something that cannot be said in ONNX. */
  readonly refuse: (problem: string) => void
  readonly describe: (value: Value) => ValueInfo
  readonly made: () => {
    readonly nodes: readonly OnnxNode[]
    readonly constants: readonly Tensor[]
    readonly refused: readonly string[]
  }
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i])

const wholeBytes = (list: readonly number[]): Uint8Array => {
  const view = new DataView(new ArrayBuffer(8 * list.length))
  list.forEach((n, i) => {
    view.setBigInt64(8 * i, BigInt(n), true)
  })
  return new Uint8Array(view.buffer)
}

/** An empty model. `x`: an input of the model whose first axis is the batch. */
export const createEmitter = (batches: Dim, x: string): Emitter => {
  const constants = new Map<string, Tensor>()
  const refused = new Set<string>()
  const counts = new Map<string, number>()
  const top: OnnxNode[] = []
  let nodes = top
  let batch: string | undefined
  const dim = (n: number): Dim => batches.map(() => n)

  const fresh = (stem: string): string => {
    const count = counts.get(stem) ?? 0
    counts.set(stem, count + 1)
    return `${stem}:${count}`
  }

  const ops: Emitter['ops'] = (op, inputs, results, attributes) => {
    const values = results.map(({ dims, type }): Value => ({ name: fresh(op), type, dims }))
    nodes.push({ op, inputs: inputs.map((v) => v.name), outputs: values.map((v) => v.name), attributes })
    return values
  }
  const op: Emitter['op'] = (name, inputs, dims, attributes = {}, type = 'f32') =>
    ops(name, inputs, [{ dims, type }], attributes)[0]!

  const keep = (tensor: Omit<Tensor, 'name'>, name: string): string => {
    if (!constants.has(name)) constants.set(name, { ...tensor, name })
    return name
  }
  const constant: Emitter['constant'] = (numbers, shape, name) => {
    const type = typeOf(numbers)
    if (type === 'f64') throw new Error('onnx: constants are f32, i32 or u8')
    const tensor = { type, shape, bytes: bytesOfNumbers(numbers) }
    const known = name === undefined ? undefined : constants.get(name)
    const isKnown = known !== undefined && known.type === type && sameBytes(known.bytes, tensor.bytes)
    const own = keep(tensor, known === undefined || isKnown ? (name ?? fresh('constant')) : fresh(known.name))
    const kept = { name: own, type, dims: (constants.get(own)?.shape ?? shape).map(dim), numbers }
    return { ...reshape(kept, shape.map(dim)), numbers }
  }
  const whole: Emitter['whole'] = (list) => {
    const tensor = { type: 'i64', shape: [list.length], bytes: wholeBytes(list) } as const
    return { name: keep(tensor, `whole ${list.join(' ')}`), type: 'i64', dims: [dim(list.length)] }
  }

  /** The batch as a list of one whole number. It stands before everything else. */
  const batchLength = (): Value => {
    if (batch === undefined) {
      batch = fresh('batch')
      top.unshift({ op: 'Shape', inputs: [x], outputs: [batch], attributes: { start: 0, end: 1 } })
    }
    return { name: batch, type: 'i64', dims: [dim(1)] }
  }
  const lengths: Emitter['lengths'] = (dims) => {
    const fixed = dims.map(fixedOf)
    if (fixed.every((n) => n !== undefined)) return whole(fixed)
    const parts = dims.map((d, i): Value => {
      const known = fixed[i]
      if (known !== undefined) return whole([known])
      const follows = affine(d, batches)
      if (follows === undefined) refused.add('a length that follows the batch in another way than in proportion')
      const { each, plus } = follows ?? { each: 1, plus: 0 }
      const times = each === 1 ? batchLength() : op('Mul', [batchLength(), whole([each])], [dim(1)], {}, 'i64')
      return plus === 0 ? times : op('Add', [times, whole([plus])], [dim(1)], {}, 'i64')
    })
    return parts.length === 1 ? parts[0]! : op('Concat', parts, [dim(dims.length)], { axis: 0 }, 'i64')
  }

  const reshape: Emitter['reshape'] = (value, dims) => {
    if (sameDims(value.dims, dims)) return value
    if (!sameDim(productOf(value.dims, batches), productOf(dims, batches)))
      throw new Error(`onnx: ${value.name} cannot be reshaped to another size`)
    const open = dims.filter((d) => fixedOf(d) === undefined)
    // one length may be left to the operator
    const to = open.length === 1 ? whole(dims.map((d) => fixedOf(d) ?? -1)) : lengths(dims)
    return op('Reshape', [value, to], dims, {}, value.type)
  }
  const exact: Emitter['exact'] = (value, dims) =>
    sameDims(value.dims, dims) ? value : op('Expand', [value, lengths(dims)], dims, {}, value.type)

  return {
    batches,
    dim,
    op,
    ops,
    constant,
    literal: (value) => {
      const sign = Object.is(value, -0) ? '-0' : String(value)
      const name = keep({ type: 'f32', shape: [], bytes: bytesOfNumbers(Float32Array.of(value)) }, `literal ${sign}`)
      return { name, type: 'f32', dims: [], numbers: Float32Array.of(value) }
    },
    whole,
    lengths,
    fresh,
    reshape,
    exact,
    apart: (build) => {
      const outside = nodes
      const own: OnnxNode[] = []
      nodes = own
      const result = build()
      nodes = outside
      return { result, nodes: own }
    },
    refuse: (problem) => {
      refused.add(problem)
    },
    describe: ({ name, type, dims }) => ({ name, type, shape: dims.map((d) => lengthOf(d, batches)) }),
    made: () => ({ nodes: top, constants: [...constants.values()], refused: [...refused] }),
  }
}

import { type Bytes, bytes } from './bytes.js'
import { laneMemory, lanes, memory, plain } from './opcodes.js'

/** Value types and their codes in the binary format. */
export const valueTypes: ReadonlyMap<string, number> = new Map([
  ['i32', 0x7f],
  ['i64', 0x7e],
  ['f32', 0x7d],
  ['f64', 0x7c],
  ['v128', 0x7b],
])

/** A value type of WebAssembly. */
export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128'

/** A parameter or local variable of one function. */
export interface Local {
  readonly index: number
  readonly type: ValueType
}

/** An i32: a constant, a local, or code that pushes one. */
export type Operand = number | Local | (() => void)

/** A branch target; only valid inside the body it was given to. */
export interface Label {
  readonly depth: number
}

type Ops<K extends string> = Readonly<Record<K, () => void>>
type LaneOps<K extends string> = Readonly<Record<K, (lane: number) => void>>
/** `offset` is a byte offset in [0, 2^32), added to the address on the stack without wrapping. */
type MemoryOps<K extends string> = Readonly<Record<K, (offset?: number) => void>>
type LaneMemoryOps<K extends string> = Readonly<Record<K, (offset: number, lane: number) => void>>
type Plain = { readonly [T in keyof typeof plain]: Ops<keyof (typeof plain)[T] & string> }
type Accesses = { readonly [T in keyof typeof memory]: MemoryOps<keyof (typeof memory)[T] & string> }

/** Instructions, each appending itself to the body: `f.i32.add()`, `f.v128.load(16)`; operands are on the wasm stack. */
export interface FunctionBody {
  readonly local: (type: ValueType) => Local
  readonly get: (local: Local) => void
  readonly set: (local: Local) => void
  readonly tee: (local: Local) => void
  /** Pushes an i32 operand. */
  readonly push: (operand: Operand) => void
  /** local := operand (i32). */
  readonly assign: (local: Local, operand: Operand) => void
  /** local := local + operand (i32). */
  readonly increment: (local: Local, operand: Operand) => void
  /** Branching to the label leaves the block. */
  readonly block: (body: (exit: Label) => void) => void
  /** Branching to the label starts the loop again. */
  readonly loop: (body: (again: Label) => void) => void
  /** Takes an i32 condition; `result` is the type both arms leave on the stack. */
  readonly if: (then: () => void, otherwise?: () => void, result?: ValueType) => void
  readonly br: (label: Label) => void
  readonly br_if: (label: Label) => void
  readonly return: () => void
  readonly unreachable: () => void
  readonly select: () => void
  readonly drop: () => void
  readonly call: (target: { readonly index: number }) => void
  /** memory.copy (to, from, bytes on the stack; overlap allowed) and memory.fill (at, byte, bytes). */
  readonly memory: Ops<'copy' | 'fill'>
  /** for (local = from; local < to; local += step) with unsigned comparison; `to` is evaluated at each pass. */
  readonly forRange: (local: Local, from: Operand, to: Operand, step: Operand, body: () => void) => void
  readonly i32: Plain['i32'] & Accesses['i32'] & { readonly const: (value: number) => void }
  readonly i64: Plain['i64'] & Accesses['i64'] & { readonly const: (value: bigint) => void }
  readonly f32: Plain['f32'] & Accesses['f32'] & { readonly const: (value: number) => void }
  readonly f64: Plain['f64'] & Accesses['f64'] & { readonly const: (value: number) => void }
  readonly v128: Plain['v128'] &
    Accesses['v128'] &
    LaneMemoryOps<keyof typeof laneMemory.v128> & { readonly const: (bytes16: Uint8Array) => void }
  readonly i8x16: Plain['i8x16'] & { readonly shuffle: (lanes16: readonly number[]) => void }
  readonly i16x8: Plain['i16x8']
  /** `const` of a vector type is one value in every lane. */
  readonly i32x4: Plain['i32x4'] &
    LaneOps<'extract_lane' | 'replace_lane'> & { readonly const: (value: number) => void }
  readonly f32x4: Plain['f32x4'] &
    LaneOps<'extract_lane' | 'replace_lane'> & { readonly const: (value: number) => void }
  readonly f64x2: Plain['f64x2'] &
    LaneOps<'extract_lane' | 'replace_lane'> & { readonly const: (value: number) => void }
}

/** Instructions that write one function after another: making a set of them costs more than a small function. */
export interface Writer {
  readonly body: FunctionBody
  /** Starts a function with this number of parameters. */
  readonly begin: (params: number) => void
  /** Appends the function as a module holds it: its length, runs of equal locals, code, end. */
  readonly end: (out: Bytes) => void
}

/** A writer; it must begin before anything is written. */
export const functionWriter = (): Writer => {
  const code = bytes()
  const head = bytes()
  const locals: ValueType[] = []
  let params = 0
  let depth = 0

  const emit = (opcode: number): void => {
    if (opcode < 0x100) return code.u8(opcode)
    code.u8(opcode >>> 16)
    code.u32(opcode & 0xffff)
  }
  const operation = (opcode: number) => () => emit(opcode)
  const onLane = (opcode: number) => (lane: number) => {
    emit(opcode)
    code.u8(lane)
  }
  const access =
    (packed: number) =>
    (offset = 0) => {
      emit(packed >>> 8)
      code.u8(packed & 0xff)
      code.u32(offset)
    }
  const accessLane = (packed: number) => {
    const at = access(packed)
    return (offset: number, lane: number) => {
      at(offset)
      code.u8(lane)
    }
  }
  const indexed = (opcode: number, index: number): void => {
    code.u8(opcode)
    code.u32(index)
  }
  const nested = (opcode: number, type: number, body: (label: Label) => void): void => {
    code.u8(opcode)
    code.u8(type)
    depth++
    body({ depth })
    depth--
    code.u8(0x0b)
  }
  const vector = (write: (to: Bytes) => void, copies: number): void => {
    emit(0xfd000c)
    for (let i = 0; i < copies; i++) write(code)
  }
  const i32Const = (value: number): void => {
    code.u8(0x41)
    code.s32(value)
  }
  const get = (local: Local): void => indexed(0x20, local.index)
  const set = (local: Local): void => indexed(0x21, local.index)
  const push = (operand: Operand): void =>
    typeof operand === 'number' ? i32Const(operand) : typeof operand === 'function' ? operand() : get(operand)
  const assign = (local: Local, operand: Operand): void => {
    push(operand)
    set(local)
  }
  const increment = (local: Local, operand: Operand): void => {
    get(local)
    push(operand)
    code.u8(0x6a)
    set(local)
  }
  const loop = (body: (again: Label) => void): void => nested(0x03, 0x40, body)
  const br_if = (label: Label): void => indexed(0x0d, depth - label.depth)
  const when = (then: () => void, otherwise?: () => void, result?: ValueType): void =>
    nested(0x04, result === undefined ? 0x40 : typeCode(result), () => {
      then()
      if (otherwise === undefined) return
      code.u8(0x05)
      otherwise()
    })

  const i32: FunctionBody['i32'] = Object.assign(bound(plain.i32, operation), bound(memory.i32, access), {
    const: i32Const,
  })
  const i64: FunctionBody['i64'] = Object.assign(bound(plain.i64, operation), bound(memory.i64, access), {
    const: (value: bigint) => {
      code.u8(0x42)
      code.s64(value)
    },
  })
  const f32: FunctionBody['f32'] = Object.assign(bound(plain.f32, operation), bound(memory.f32, access), {
    const: (value: number) => {
      code.u8(0x43)
      code.f32(value)
    },
  })
  const f64: FunctionBody['f64'] = Object.assign(bound(plain.f64, operation), bound(memory.f64, access), {
    const: (value: number) => {
      code.u8(0x44)
      code.f64(value)
    },
  })
  const v128: FunctionBody['v128'] = Object.assign(
    bound(plain.v128, operation),
    bound(memory.v128, access),
    bound(laneMemory.v128, accessLane),
    {
      const: (bytes16: Uint8Array) => vector((to) => to.raw(bytes16), 1),
    },
  )
  const i8x16: FunctionBody['i8x16'] = Object.assign(bound(plain.i8x16, operation), {
    shuffle: (lanes16: readonly number[]) => {
      emit(0xfd000d)
      code.raw(Uint8Array.from(lanes16))
    },
  })
  const i16x8: FunctionBody['i16x8'] = bound(plain.i16x8, operation)
  const i32x4: FunctionBody['i32x4'] = Object.assign(bound(plain.i32x4, operation), bound(lanes.i32x4, onLane), {
    const: (value: number) => vector((to) => to.raw(new Uint8Array(Int32Array.of(value).buffer)), 4),
  })
  const f32x4: FunctionBody['f32x4'] = Object.assign(bound(plain.f32x4, operation), bound(lanes.f32x4, onLane), {
    const: (value: number) => vector((to) => to.f32(value), 4),
  })
  const f64x2: FunctionBody['f64x2'] = Object.assign(bound(plain.f64x2, operation), bound(lanes.f64x2, onLane), {
    const: (value: number) => vector((to) => to.f64(value), 2),
  })

  const body: FunctionBody = {
    local: (type) => ({ index: params + locals.push(type) - 1, type }),
    get,
    set,
    tee: (local) => indexed(0x22, local.index),
    push,
    assign,
    increment,
    block: (body) => nested(0x02, 0x40, body),
    loop,
    if: when,
    br: (label) => indexed(0x0c, depth - label.depth),
    br_if,
    return: () => code.u8(0x0f),
    unreachable: () => code.u8(0x00),
    select: () => code.u8(0x1b),
    drop: () => code.u8(0x1a),
    call: ({ index }) => indexed(0x10, index),
    memory: {
      copy: () => code.raw(Uint8Array.of(0xfc, 0x0a, 0x00, 0x00)),
      fill: () => code.raw(Uint8Array.of(0xfc, 0x0b, 0x00)),
    },
    forRange: (local, from, to, step, body) => {
      const below = (): void => {
        get(local)
        push(to)
        code.u8(0x49)
      }
      const passes = (): void =>
        loop((again) => {
          body()
          increment(local, step)
          below()
          br_if(again)
        })
      assign(local, from)
      if (typeof from === 'number' && typeof to === 'number') {
        if (from < to) passes()
        return
      }
      below()
      when(passes)
    },
    i32,
    i64,
    f32,
    f64,
    v128,
    i8x16,
    i16x8,
    i32x4,
    f32x4,
    f64x2,
  }
  return {
    body,
    begin: (count) => {
      params = count
      locals.length = 0
      code.clear()
    },
    end: (out) => {
      const starts = locals.flatMap((type, i) => (type === locals[i - 1] ? [] : [i]))
      head.clear()
      head.u32(starts.length)
      starts.forEach((start, i) => {
        head.u32((starts[i + 1] ?? locals.length) - start)
        head.u8(typeCode(locals[start]!))
      })
      out.u32(head.length() + code.length() + 1)
      out.raw(head.written())
      out.raw(code.written())
      out.u8(0x0b)
    },
  }
}

const typeCode = (type: ValueType): number => valueTypes.get(type) ?? 0

/** The record with every opcode turned into an instruction (an overload, so that the names survive without a cast). */
function bound<K extends string, F>(table: Readonly<Record<K, number>>, instruction: (code: number) => F): Record<K, F>
function bound<F>(table: Readonly<Record<string, number>>, instruction: (code: number) => F): Record<string, F> {
  const record: Record<string, F> = {}
  for (const name in table) record[name] = instruction(table[name]!)
  return record
}

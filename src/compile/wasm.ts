import { bytes } from './bytes.js'
import {
  type FunctionBody,
  functionWriter,
  type Local,
  type ValueType,
  valueTypes,
  type Writer,
} from './wasmFunction.js'

/** A function that can be called: imported or defined in this module. */
export interface FunctionRef {
  readonly index: number
}

/** A function under construction: the instructions of `FunctionBody` and its parameters by name. */
export type WasmFunction<P extends string> = FunctionBody &
  FunctionRef & { readonly params: Readonly<Record<P, Local>> }

/** Signature of an import. */
export interface Signature {
  readonly params?: readonly ValueType[]
  readonly results?: readonly ValueType[]
}

/** A module under construction. Order: imports, then functions. */
export interface WasmModule {
  /** Imports a memory with no minimum size: any memory fits. */
  readonly importMemory: (from: string, name: string) => void
  /** Imports a function; throws after the first `func`, since imports come first in the index space. */
  readonly importFunction: (from: string, name: string, signature: Signature) => FunctionRef
  /** Starts a function; `name` exports it, parameters come in the order of the record. Bodies may be written in any order. */
  readonly func: <P extends string>(options: {
    readonly name?: string
    readonly params?: Readonly<Record<P, ValueType>>
    readonly results?: readonly ValueType[]
  }) => WasmFunction<P>
  /**
   * Nothing more is written to a function that was started here: its instructions serve another one from now on, which is what
   * keeps modules of many functions cheap to write.
   */
  readonly finish: (f: FunctionRef) => void
  /** The encoded module. */
  readonly encode: () => Uint8Array<ArrayBuffer>
}

interface Defined {
  readonly type: number
  readonly name: string | undefined
  /** Where its body starts and ends among `bodies`, once it is finished. */
  from: number
  to: number
}

/**
 * Writes a WebAssembly module (core specification 2.0, binary format).
 *
 *     const m = wasmModule()
 *     m.importMemory('env', 'memory')
 *     const f = m.func({ name: 'twice', params: { x: 'f32' }, results: ['f32'] })
 *     f.get(f.params.x)
 *     f.f32.const(2)
 *     f.f32.mul()
 *     const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.encode()), { env: { memory } })
 */
export const wasmModule = (): WasmModule => {
  const types: string[] = []
  const imports = bytes(256)
  const functions: Defined[] = []
  /** Encoded bodies, in the order in which they were finished. */
  const bodies = bytes(4096)
  /** Of functions that are being written, by their place in `functions`; and those that have none to write. */
  const writers = new Map<number, Writer>()
  const idle: Writer[] = []
  let importCount = 0
  let importedFunctions = 0

  const typeIndex = (params: readonly ValueType[], results: readonly ValueType[]): number => {
    const signature = `${params.join()}:${results.join()}`
    const known = types.indexOf(signature)
    return known < 0 ? types.push(signature) - 1 : known
  }

  const finish = (at: number): void => {
    const writer = writers.get(at)
    const defined = functions[at]
    if (writer === undefined || defined === undefined) throw new Error('wasm: no such function is being written')
    defined.from = bodies.length()
    writer.end(bodies)
    defined.to = bodies.length()
    writers.delete(at)
    idle.push(writer)
  }

  return {
    importMemory: (from, name) => {
      importCount++
      imports.name(from)
      imports.name(name)
      for (const byte of [0x02, 0x00, 0x00]) imports.u8(byte)
    },
    importFunction: (from, name, { params = [], results = [] }) => {
      if (functions.length > 0) throw new Error(`import ${from}.${name} before defining functions`)
      importCount++
      imports.name(from)
      imports.name(name)
      imports.u8(0x00)
      imports.u32(typeIndex(params, results))
      return { index: importedFunctions++ }
    },
    func: ({ name, params, results = [] }) => {
      const named = parameters(params)
      const writer = idle.pop() ?? functionWriter()
      writer.begin(named.types.length)
      const at = functions.push({ type: typeIndex(named.types, results), name, from: 0, to: 0 }) - 1
      writers.set(at, writer)
      return { ...writer.body, index: importedFunctions + at, params: named.locals }
    },
    finish: ({ index }) => finish(index - importedFunctions),
    encode: () => {
      for (const at of [...writers.keys()]) finish(at)
      const out = bytes(4096)
      const section = (id: number, count: number, write: (content: ReturnType<typeof bytes>) => void): void => {
        if (count === 0) return
        const content = bytes()
        content.u32(count)
        write(content)
        out.u8(id)
        out.u32(content.length())
        out.raw(content.written())
      }
      const exported = functions.flatMap(({ name }, i) => (name === undefined ? [] : [{ name, index: i }]))
      out.raw(Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00))
      section(1, types.length, (s) => {
        for (const signature of types) {
          s.u8(0x60)
          for (const part of signature.split(':')) {
            const codes = part === '' ? [] : part.split(',').map((type) => valueTypes.get(type) ?? 0)
            s.u32(codes.length)
            s.raw(Uint8Array.from(codes))
          }
        }
      })
      section(2, importCount, (s) => s.raw(imports.written()))
      section(3, functions.length, (s) => {
        for (const { type } of functions) s.u32(type)
      })
      section(7, exported.length, (s) => {
        for (const { name, index } of exported) {
          s.name(name)
          s.u8(0x00)
          s.u32(importedFunctions + index)
        }
      })
      section(10, functions.length, (s) => {
        for (const { from, to } of functions) s.raw(bodies.written().subarray(from, to))
      })
      return out.written().slice()
    },
  }
}

interface Parameters<P extends string> {
  readonly types: readonly ValueType[]
  readonly locals: Readonly<Record<P, Local>>
}
function parameters<P extends string>(params: Readonly<Record<P, ValueType>> | undefined): Parameters<P>
function parameters(params: Readonly<Record<string, ValueType>> = {}): Parameters<string> {
  const entries = Object.entries(params)
  return {
    types: entries.map(([, type]) => type),
    locals: Object.fromEntries(entries.map(([name, type], index) => [name, { index, type }])),
  }
}

/**
 * Named blocks in one linear memory: what stays resident between programs. Reading copies out, writing copies in, so a value
 * outside is never changed by a program. Programs are compiled against a store; freeing a block makes those that use it stale.
 */
import type { DType } from '../graph/expr.js'
import { sameShape, type Shape, showShape, sizeOf } from '../graph/shape.js'
import type { Arithmetic } from './arithmetic.js'
import { type Allocator, allocator } from './allocator.js'
import { instantiateProducts, type Products } from './gemm/instance.js'

/** A typed array of any element type a block can hold. */
export type Values = Float32Array | Int32Array | Uint8Array

/** One block: its bytes start at `address`. `live` turns false when it is freed. */
export interface Block {
  readonly name: string
  readonly shape: Shape
  readonly dtype: DType
  readonly address: number
  live: boolean
}

/** The resident state of one run. */
export interface Store {
  /** Declares a zeroed block. The same declaration again changes nothing; another shape or type under the name throws. */
  readonly block: (name: string, shape: Shape, dtype?: DType) => Block
  readonly has: (name: string) => boolean
  /** The block, or throws with the names that exist. */
  readonly get: (name: string) => Block
  /** Copies `values` in from element `at` (default 0). Throws when they do not fit. */
  readonly write: (name: string, values: ArrayLike<number>, at?: number) => void
  /** A copy of the block's values. */
  readonly read: (name: string) => Values
  /** Copies row `fromRow` of one table to row `toRow` of another of equal row length and type. */
  readonly copyRows: (from: string, fromRow: number, to: string, toRow: number) => void
  readonly free: (name: string) => void
  /** For programs: raw memory, its allocator and the matrix products. */
  readonly memory: WebAssembly.Memory
  readonly arena: Allocator
  readonly products: Products
  readonly arithmetic: Arithmetic
}

/** Bytes of one element. */
export const bytesOf = (dtype: DType): number => (dtype === 'u8' ? 1 : 4)

const page = 65536

/** Bytes that a store can hold: what 32-bit addresses reach but for one page, so that the end of a range is an address too. */
const most = 2 ** 32 - page

/** Makes the memory at least `end` bytes long; false when the system refuses. */
const grow = (memory: WebAssembly.Memory, end: number): boolean => {
  const missing = Math.ceil((end - memory.buffer.byteLength) / page)
  if (missing <= 0) return true
  // eslint-disable-next-line engram/no-catch -- the only way in which an engine tells that there is no more memory
  try {
    memory.grow(missing)
    return true
  } catch {
    return false
  }
}

/** A view of linear memory; valid until the memory grows: then its length is 0. */
export const viewOf = (memory: WebAssembly.Memory, dtype: DType, address: number, size: number): Values =>
  dtype === 'f32'
    ? new Float32Array(memory.buffer, address, size)
    : dtype === 'i32'
      ? new Int32Array(memory.buffer, address, size)
      : new Uint8Array(memory.buffer, address, size)

/** A view that is made anew when the memory has grown, so that it can be asked for at every step. */
export const keptView = (memory: WebAssembly.Memory, dtype: DType, address: number, size: number): (() => Values) => {
  let view = viewOf(memory, dtype, address, size)
  return () => {
    if (view.length === 0) view = viewOf(memory, dtype, address, size)
    return view
  }
}

/** Options of a store: `arithmetic` of the products of its programs, see `Arithmetic`. */
export interface StoreOptions {
  readonly arithmetic?: Arithmetic
}

/** An empty store with a memory of its own. */
export const createStore = ({ arithmetic = 'exact' }: StoreOptions = {}): Store => {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: most / page })
  const arena = allocator(most, (end) => grow(memory, end))
  const blocks = new Map<string, Block>()
  const get = (name: string): Block => {
    const found = blocks.get(name)
    if (found === undefined) throw new Error(`store: no block '${name}'; known: ${[...blocks.keys()].join(', ')}`)
    return found
  }
  const view = (b: Block): Values => viewOf(memory, b.dtype, b.address, sizeOf(b.shape))
  return {
    block: (name, shape, dtype = 'f32') => {
      const known = blocks.get(name)
      if (known !== undefined) {
        if (!sameShape(known.shape, shape) || known.dtype !== dtype)
          throw new Error(
            `store: block '${name}' is ${known.dtype} [${known.shape.join(', ')}], not ${dtype} [${shape.join(', ')}]`,
          )
        return known
      }
      const untouched = arena.untouched()
      const address = arena.take(sizeOf(shape) * bytesOf(dtype), () => `block '${name}' (${dtype} ${showShape(shape)})`)
      const made: Block = { name, shape, dtype, address, live: true }
      // Fresh memory is zero already; writing zeros would only make the system provide it now.
      if (address < untouched) view(made).fill(0)
      blocks.set(name, made)
      return made
    },
    has: (name) => blocks.has(name),
    get,
    write: (name, values, at = 0) => {
      const b = get(name)
      if (at < 0 || at + values.length > sizeOf(b.shape))
        throw new Error(`store: ${values.length} values at ${at} do not fit block '${name}' of ${sizeOf(b.shape)}`)
      view(b).set(values, at)
    },
    read: (name) => view(get(name)).slice(),
    copyRows: (from, fromRow, to, toRow) => {
      const [a, b] = [get(from), get(to)]
      const n = sizeOf(a.shape.slice(1))
      const inside = fromRow >= 0 && toRow >= 0 && fromRow < (a.shape[0] ?? 1) && toRow < (b.shape[0] ?? 1)
      if (!inside || n !== sizeOf(b.shape.slice(1)) || a.dtype !== b.dtype)
        throw new Error(`store: cannot copy row ${fromRow} of '${from}' to row ${toRow} of '${to}'`)
      const bytes = n * bytesOf(a.dtype)
      new Uint8Array(memory.buffer).copyWithin(
        b.address + toRow * bytes,
        a.address + fromRow * bytes,
        a.address + (fromRow + 1) * bytes,
      )
    },
    free: (name) => {
      const b = get(name)
      b.live = false
      blocks.delete(name)
      arena.give(b.address)
    },
    memory,
    arena,
    products: instantiateProducts(memory, arithmetic),
    arithmetic,
  }
}

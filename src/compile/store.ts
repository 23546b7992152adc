/**
 * Named blocks in one linear memory: what stays resident between programs. Reading copies out, writing copies in, so a value
 * outside is never changed by a program. Programs are compiled against a store; freeing a block makes those that use it stale.
 */
import type { DType } from '../graph/expr.js'
import { sameShape, type Shape, sizeOf } from '../graph/shape.js'
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

/** A view of linear memory; valid until the memory grows, so never kept. */
export const viewOf = (memory: WebAssembly.Memory, dtype: DType, address: number, size: number): Values =>
  dtype === 'f32'
    ? new Float32Array(memory.buffer, address, size)
    : dtype === 'i32'
      ? new Int32Array(memory.buffer, address, size)
      : new Uint8Array(memory.buffer, address, size)

/** Options of a store: `arithmetic` of the products of its programs, see `Arithmetic`. */
export interface StoreOptions {
  readonly arithmetic?: Arithmetic
}

/** An empty store with a memory of its own. */
export const createStore = ({ arithmetic = 'exact' }: StoreOptions = {}): Store => {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 65536 })
  const arena = allocator((bytes) => {
    const missing = Math.ceil((bytes - memory.buffer.byteLength) / 65536)
    if (missing > 0) memory.grow(missing)
  })
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
      const address = arena.take(sizeOf(shape) * bytesOf(dtype))
      const made: Block = { name, shape, dtype, address, live: true }
      view(made).fill(0)
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

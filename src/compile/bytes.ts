/** Growing byte buffer with the encodings a WebAssembly module is made of. */
export interface Bytes {
  readonly length: () => number
  readonly u8: (value: number) => void
  /** Unsigned LEB128 of an integer in [0, 2^32). */
  readonly u32: (value: number) => void
  /** Signed LEB128 of a 32-bit integer; values in [2^31, 2^32) wrap to the same bits. */
  readonly s32: (value: number) => void
  /** Signed LEB128 of a 64-bit integer. */
  readonly s64: (value: bigint) => void
  readonly f32: (value: number) => void
  readonly f64: (value: number) => void
  /** Length-prefixed ASCII text. */
  readonly name: (text: string) => void
  readonly raw: (values: Uint8Array) => void
  /** Forgets what was written. */
  readonly clear: () => void
  /** The written bytes; a view, valid until the next write. */
  readonly written: () => Uint8Array
}

/** One number on its way into a buffer. */
const eight = new Uint8Array(8)
const four = eight.subarray(0, 4)
const number = new DataView(eight.buffer)

/** An empty buffer; it doubles when full, so writing n bytes costs O(n). */
export const bytes = (capacity = 1024): Bytes => {
  let data = new Uint8Array(capacity)
  let used = 0

  const reserve = (extra: number): void => {
    if (used + extra <= data.length) return
    const larger = new Uint8Array(Math.max(2 * data.length, used + extra))
    larger.set(data)
    data = larger
  }
  const u8 = (value: number): void => {
    if (used === data.length) reserve(1)
    data[used++] = value
  }
  const u32 = (value: number): void => {
    let rest = value >>> 0
    for (; rest > 0x7f; rest >>>= 7) u8((rest & 0x7f) | 0x80)
    u8(rest)
  }
  const s32 = (value: number): void => {
    let rest = value | 0
    for (; rest < -64 || rest > 63; rest >>= 7) u8((rest & 0x7f) | 0x80)
    u8(rest & 0x7f)
  }
  const s64 = (value: bigint): void => {
    let rest = BigInt.asIntN(64, value)
    for (; rest < -64n || rest > 63n; rest >>= 7n) u8(Number(rest & 0x7fn) | 0x80)
    u8(Number(rest & 0x7fn))
  }
  const raw = (values: Uint8Array): void => {
    reserve(values.length)
    data.set(values, used)
    used += values.length
  }

  return {
    length: () => used,
    u8,
    u32,
    s32,
    s64,
    f32: (value) => {
      number.setFloat32(0, value, true)
      raw(four)
    },
    f64: (value) => {
      number.setFloat64(0, value, true)
      raw(eight)
    },
    name: (value) => {
      u32(value.length)
      for (let i = 0; i < value.length; i++) u8(value.charCodeAt(i) & 0x7f)
    },
    raw,
    clear: () => {
      used = 0
    },
    written: () => data.subarray(0, used),
  }
}

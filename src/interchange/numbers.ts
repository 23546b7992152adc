/** Numbers as bytes and back, bit by bit: no value is looked at, so NaNs keep their payloads on every machine. */

/** A typed array of a type that the formats share with the engine. */
export type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array

/** Whether an axis of a file can have this length. */
export const isLength = (n: number): boolean => Number.isSafeInteger(n) && n >= 0

/** Names of these types: `f32`, `f64`, `i32`, `u8`. */
export type NumberType = 'f32' | 'f64' | 'i32' | 'u8'

const widths = { f32: 4, f64: 8, i32: 4, u8: 1 } as const satisfies Readonly<Record<NumberType, number>>

/** Bytes of one number. */
export const widthOf = (type: NumberType): number => widths[type]

/** The type of an array. */
export const typeOf = (values: Numbers): NumberType =>
  values instanceof Float32Array
    ? 'f32'
    : values instanceof Float64Array
      ? 'f64'
      : values instanceof Int32Array
        ? 'i32'
        : 'u8'

const isLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** Each group of `width` bytes back to front where `turn`; always a copy. */
const ordered = (bytes: Uint8Array, width: number, turn: boolean): Uint8Array<ArrayBuffer> => {
  const out = new Uint8Array(bytes)
  if (turn && width > 1)
    for (let from = 0; from + width <= out.length; from += width) out.subarray(from, from + width).reverse()
  return out
}

/** Little-endian bytes of numbers. */
export const bytesOfNumbers = (values: Numbers): Uint8Array =>
  ordered(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), values.BYTES_PER_ELEMENT, !isLittle)

/** Numbers from bytes, little-endian unless told otherwise; as many as fill them. */
export function numbersOf(bytes: Uint8Array, type: 'f32', bigEndian?: boolean): Float32Array
export function numbersOf(bytes: Uint8Array, type: NumberType, bigEndian?: boolean): Numbers
export function numbersOf(bytes: Uint8Array, type: NumberType, bigEndian = false): Numbers {
  const { buffer } = ordered(bytes, widthOf(type), bigEndian === isLittle)
  switch (type) {
    case 'f32':
      return new Float32Array(buffer)
    case 'f64':
      return new Float64Array(buffer)
    case 'i32':
      return new Int32Array(buffer)
    case 'u8':
      return new Uint8Array(buffer)
  }
}

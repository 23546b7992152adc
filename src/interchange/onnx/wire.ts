/** Protocol Buffers on the wire (protobuf.dev, "Encoding"): a message is its fields one after another, each with number and kind. */

/** The bytes of some fields. */
export type Wire = readonly Uint8Array[]

const joined = (parts: Wire): Uint8Array => {
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** A whole number as base-128 digits, least first; negative ones as 64 bits of two's complement. Throws beyond 2^53. */
const varint = (value: number): Uint8Array => {
  if (!Number.isSafeInteger(value)) throw new Error(`protobuf: ${value} is no whole number below 2^53`)
  const out: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  do {
    out.push(Number(rest & 127n) | (rest > 127n ? 128 : 0))
    rest >>= 7n
  } while (rest > 0n)
  return Uint8Array.from(out)
}

/** A field that is a whole number. */
export const int = (field: number, value: number): Wire => [varint(field * 8), varint(value)]

/** A field that is bytes. */
export const bytes = (field: number, value: Uint8Array): Wire => [varint(field * 8 + 2), varint(value.length), value]

/** A field that is a text. */
export const text = (field: number, value: string): Wire => bytes(field, new TextEncoder().encode(value))

/** A field that is a message. */
export const message = (field: number, fields: Wire): Wire => bytes(field, joined(fields))

/** The bytes of a message that stands alone. */
export const file = (fields: Wire): Uint8Array => joined(fields)

/** A reader of protocol buffers that knows no message: fields by number, to look at what was written. */

/** Values of a message by field number, in order: numbers, and bytes of texts and messages. */
export type Message = ReadonlyMap<number, readonly (number | Uint8Array)[]>

/** The fields of a message. Throws where the bytes end too early. */
export const fieldsOf = (bytes: Uint8Array): Message => {
  const found = new Map<number, (number | Uint8Array)[]>()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let at = 0
  const varint = (): number => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at++)
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return Number(BigInt.asIntN(64, value))
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    const [field, kind] = [tag >> 3, tag & 7]
    const values = found.get(field) ?? []
    found.set(field, values)
    if (kind === 0) values.push(varint())
    else {
      const length = varint()
      if (at + length > bytes.length) throw new Error('the message ends too early')
      values.push(bytes.subarray(at, at + length))
      at += length
    }
  }
  return found
}

/** Messages in a field. */
export const messagesIn = (m: Message, field: number): readonly Message[] =>
  (m.get(field) ?? []).flatMap((value) => (typeof value === 'number' ? [] : [fieldsOf(value)]))

/** Texts in a field. */
export const textsIn = (m: Message, field: number): readonly string[] =>
  (m.get(field) ?? []).flatMap((value) => (typeof value === 'number' ? [] : [new TextDecoder().decode(value)]))

/** Numbers in a field. */
export const numbersIn = (m: Message, field: number): readonly number[] =>
  (m.get(field) ?? []).flatMap((value) => (typeof value === 'number' ? [value] : []))

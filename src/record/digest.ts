/** Names numbers by their bits. It needs nothing of the platform, so the name is the same in Node and in a browser. */
import { sha256 } from './sha256.js'

/** Every NaN counts as this one: its sign and payload are the processor's choice, not the program's. */
const quietNaN = 0x7fc00000

/** SHA-256 of these numbers as little-endian f32, 64 hexadecimal digits. One differing bit gives another digest, so −0 is not 0; NaNs are alike. */
export const digestOf = (values: Float32Array): string => {
  const view = new DataView(new ArrayBuffer(4 * values.length))
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (value === value) view.setFloat32(4 * i, value, true)
    else view.setUint32(4 * i, quietNaN, true)
  }
  return sha256(new Uint8Array(view.buffer))
}

const PARITY = 0x1bd11bda
const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const

/**
 * Threefry-2x32 with 20 rounds: encrypts the counter `(c0, c1)` under the key `(k0, k1)`; writes two u32 words to
 * `out[at]` and `out[at + 1]`. The same words on every machine: only 32-bit integer operations.
 * @source Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"; known answers of Random123.
 */
export const threefry = (out: Uint32Array, at: number, k0: number, k1: number, c0: number, c1: number): void => {
  const k2 = PARITY ^ k0 ^ k1
  let x0 = (c0 + k0) | 0
  let x1 = (c1 + k1) | 0
  // the sub-keys of injection s are (key[s mod 3], key[(s + 1) mod 3] + s); ka and kb walk round the ring
  let ka = k1
  let kb = k2
  let kc = k0
  for (let s = 1; s <= 5; s++) {
    const from = s % 2 === 1 ? 0 : 4
    for (let r = from; r < from + 4; r++) {
      const turn = ROTATIONS[r]!
      x0 = (x0 + x1) | 0
      x1 = ((x1 << turn) | (x1 >>> (32 - turn))) ^ x0
    }
    x0 = (x0 + ka) | 0
    x1 = (x1 + kb + s) | 0
    const next = ka
    ka = kb
    kb = kc
    kc = next
  }
  out[at] = x0 >>> 0
  out[at + 1] = x1 >>> 0
}

/**
 * Threefry-2x32-20 on four counters at a time, eight elements: both words of a counter are neighbours in the result. Two such groups
 * are in flight, because each is one chain of operations that wait for each other.
 */
import { streamOf } from '../../graph/primitives/random.js'
import { sizeOf } from '../../graph/shape.js'
import type { Routine } from '../routine.js'
import { storeVector } from '../vector.js'
import type { FunctionBody, Local } from '../wasmFunction.js'

const parity = 0x1bd11bda
const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const

/** Elements in one pass of the loop. */
const atOnce = 16

interface Pair {
  readonly x0: Local
  readonly x1: Local
}

/** x1 := x1 rotated left by `bits`, XOR x0; whole bytes are moved by one shuffle. */
const emitTurn = (f: FunctionBody, { x0, x1 }: Pair, bits: number): void => {
  f.get(x1)
  if (bits % 8 === 0) {
    const byte = (i: number): number => (i & ~3) | ((i + 4 - bits / 8) & 3)
    f.get(x1)
    f.i8x16.shuffle(Array.from({ length: 16 }, (_, i) => byte(i)))
  } else {
    f.i32.const(bits)
    f.i32x4.shl()
    f.get(x1)
    f.i32.const(32 - bits)
    f.i32x4.shr_u()
    f.v128.or()
  }
  f.get(x0)
  f.v128.xor()
  f.set(x1)
}

const emitAdd = (f: FunctionBody, to: Local, a: Local, b: Local): void => {
  f.get(a)
  f.get(b)
  f.i32x4.add()
  f.set(to)
}

/** Emits the words of the key, and gives the rounds: they turn the counters in some pairs, key added, into their words. */
const keyed = (
  f: FunctionBody,
  key: number,
): { readonly words: readonly Local[]; readonly rounds: (p: readonly Pair[]) => void } => {
  const words = [0, 1, 2].map(() => f.local('v128'))
  for (const i of [0, 1]) {
    f.i32.const(0)
    f.v128.load32_splat(key + 4 * i)
    f.set(words[i]!)
  }
  f.get(words[0]!)
  f.get(words[1]!)
  f.v128.xor()
  f.i32x4.const(parity)
  f.v128.xor()
  f.set(words[2]!)
  const injected = [1, 2, 3, 4, 5].map((s) => {
    const word = f.local('v128')
    f.get(words[(s + 1) % 3]!)
    f.i32x4.const(s)
    f.i32x4.add()
    f.set(word)
    return word
  })
  const rounds = (pairs: readonly Pair[]): void =>
    injected.forEach((word, s) => {
      for (let r = 0; r < 4; r++) {
        for (const { x0, x1 } of pairs) emitAdd(f, x0, x0, x1)
        for (const pair of pairs) emitTurn(f, pair, rotations[4 * (s % 2) + r]!)
      }
      for (const { x0, x1 } of pairs) {
        emitAdd(f, x0, x0, words[(s + 1) % 3]!)
        emitAdd(f, x1, x1, word)
      }
    })
  return { words, rounds }
}

/** Pushes four elements: the first two counters' words, or the last two's. */
const pushElements = (f: FunctionBody, { x0, x1 }: Pair, half: 0 | 1): void => {
  f.get(x0)
  f.get(x1)
  const word = (i: number): readonly number[] => [0, 1, 2, 3].map((byte) => 4 * i + byte)
  f.i8x16.shuffle([0, 4, 1, 5].flatMap((i) => word(i + 2 * half)))
  f.i32.const(8)
  f.i32x4.shr_u()
  f.f32x4.convert_i32x4_s()
  f.f32x4.const(2 ** -24)
  f.f32x4.mul()
}

/** See above. */
export const randomRoutine: Routine = {
  emit: (f, e, { address }) => {
    const [key, to] = [address(e.args[0]!), address(e)]
    const n = sizeOf(e.shape)
    const { words, rounds } = keyed(f, key)
    // the counters of the pass, and the label's word, with the key added
    const [counters, stream, at] = [f.local('v128'), f.local('v128'), f.local('i32')]
    const pairs = [0, 1].map((): Pair => ({ x0: f.local('v128'), x1: f.local('v128') }))
    f.get(words[0]!)
    f.v128.const(new Uint8Array(Int32Array.of(0, 1, 2, 3).buffer))
    f.i32x4.add()
    f.set(counters)
    f.get(words[1]!)
    f.i32x4.const(streamOf(e) | 0)
    f.i32x4.add()
    f.set(stream)
    const some = (count: number): void => {
      const used = pairs.slice(0, Math.ceil(count / 8))
      for (const { x0, x1 } of used) {
        f.get(counters)
        f.set(x0)
        f.get(stream)
        f.set(x1)
        f.get(counters)
        f.i32x4.const(4)
        f.i32x4.add()
        f.set(counters)
      }
      rounds(used)
      for (let i = 0; i < count; i += 4)
        storeVector(
          f,
          at,
          () => pushElements(f, used[i >> 3]!, i % 8 === 0 ? 0 : 1),
          to + 4 * i,
          Math.min(4, count - i),
        )
    }
    const whole = n - (n % atOnce)
    f.assign(at, 0)
    f.forRange(at, 0, 4 * whole, 4 * atOnce, () => some(atOnce))
    if (whole < n) some(n - whole)
  },
}

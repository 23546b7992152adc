/** Split Digits as the engine runs it, from the committed files. */
import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { decodeWith } from '../../src/codec/decode.js'
import { parseDigits } from '../../src/data/digits.js'
import { buildStream } from '../../src/stream/build.js'
import { scenario } from '../../src/stream/scenario.js'
import type { Stream } from '../../src/stream/stream.js'

const read = (path: string): Buffer => readFileSync(new URL(`../../${path}`, import.meta.url))

const parsed = parseDigits(new Uint8Array(read('data/digits.bin')), 'test')

/** Split Digits of a seed: 5 contexts of 2 digits, 64 inputs, about 1,350 rows to learn and 447 to test in all. */
export const digitsStream = (kind: 'task' | 'domain' | 'class', seed: number): Stream => {
  const described = decodeWith(scenario, JSON.parse(read(`scenarios/split-digits-${kind}.json`).toString()))
  if (E.isLeft(parsed) || E.isLeft(described)) throw new Error('no digits')
  const stream = buildStream(described.right, parsed.right, seed)
  if (E.isLeft(stream)) throw new Error(JSON.stringify(stream.left))
  return stream.right
}

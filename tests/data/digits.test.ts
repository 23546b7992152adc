import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { parseDigits } from '../../src/data/digits.js'

const bytes = readFileSync(new URL('../../data/digits.bin', import.meta.url))
const digits = E.getOrElseW(() => null)(parseDigits(bytes, 'x'))

const perClass = (labels: Uint8Array): readonly number[] =>
  Array.from({ length: 10 }, (_, c) => labels.filter((label) => label === c).length)

describe('digits', () => {
  it('has 1797 images of 8 x 8 pixels in 0 .. 16', () => {
    expect(digits).toMatchObject({ name: 'digits', classes: 10, width: 8, height: 8, scale: 16, digest: 'x' })
    expect((digits?.train.size ?? 0) + (digits?.test.size ?? 0)).toBe(1797)
    for (const part of [digits?.train, digits?.test]) {
      expect(part?.pixels.length).toBe((part?.size ?? 0) * 64)
      expect(part?.labels.length).toBe(part?.size)
      expect(part?.pixels.reduce((a, b) => Math.max(a, b), 0)).toBe(16)
    }
  })

  it('begins with the first row of the UCI file', () => {
    expect([...(digits?.train.pixels.subarray(0, 16) ?? [])]).toEqual([
      0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0,
    ])
    expect([...(digits?.train.labels.subarray(0, 12) ?? [])]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1])
  })

  it('tests on the last quarter of each class', () => {
    const train = perClass(digits?.train.labels ?? new Uint8Array(0))
    const test = perClass(digits?.test.labels ?? new Uint8Array(0))
    expect(train.map((n, c) => n + test[c]!)).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    expect(test).toEqual(train.map((n, c) => Math.floor((n + test[c]!) / 4)))
    expect([...(digits?.test.labels.slice(-5) ?? [])]).toEqual([9, 0, 8, 9, 8])
  })

  it('refuses another header, another length and labels out of range', () => {
    expect(parseDigits(bytes.subarray(1), 'x')).toMatchObject({
      left: { expected: "a header that starts with 'digits-1'" },
    })
    expect(parseDigits(new Uint8Array(0), 'x')).toMatchObject({ _tag: 'Left' })
    expect(parseDigits(bytes.subarray(0, 5000), 'x')).toMatchObject({
      left: { expected: '116821 bytes', found: '5000 bytes' },
    })
    const wrong = Uint8Array.from(bytes)
    wrong[wrong.length - 1] = 12
    expect(parseDigits(wrong, 'x')).toMatchObject({ left: { found: 'label 12 in row 1796' } })
  })
})

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical, canonicalLines } from '../../src/record/canonical.js'

const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([k, v]) => [k, shuffled(v)]),
  )
}

describe('canonical JSON', () => {
  it('sorts keys, leaves undefined out and writes -0 as 0', () => {
    expect(canonical({ b: [1, -0], a: { d: 'x', c: null }, e: undefined })).toBe('{"a":{"c":null,"d":"x"},"b":[1,0]}')
  })

  it('puts a row of a matrix on one line', () => {
    expect(canonicalLines({ m: [[1, 2], [3]] })).toBe('{\n  "m": [\n    [1, 2],\n    [3]\n  ]\n}\n')
  })

  it('refuses what JSON cannot hold, with its place', () => {
    expect(() => canonical({ a: [0, Number.NaN] })).toThrow('NaN at .a[1]')
    expect(() => canonical([() => 1])).toThrow('function at [0]')
  })

  it('for every JSON value, both forms parse to the value and do not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.stringify(value)
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(plain))
        expect(JSON.parse(canonicalLines(value))).toEqual(JSON.parse(plain))
        expect(canonical(shuffled(value))).toBe(canonical(value))
      }),
    )
  })
})

import { describe, expect, it } from 'vitest'
import { threefry } from '../../src/random/threefry.js'

const encrypt = (k0: number, k1: number, c0: number, c1: number): string => {
  const out = new Uint32Array(2)
  threefry(out, 0, k0, k1, c0, c1)
  return Array.from(out, (word) => word.toString(16).padStart(8, '0')).join(' ')
}

describe('threefry', () => {
  it('equals the known answers of Random123 for threefry2x32-20', () => {
    expect(encrypt(0, 0, 0, 0)).toBe('6b200159 99ba4efe')
    expect(encrypt(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff)).toBe('1cb996fc bb002be7')
    expect(encrypt(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3)).toBe('c4923a9c 483df7a0')
  })

  it('writes at the place it is told and nowhere else', () => {
    const out = new Uint32Array(4).fill(7)
    threefry(out, 1, 0, 0, 0, 0)
    expect([...out]).toEqual([7, 0x6b200159, 0x99ba4efe, 7])
  })
})

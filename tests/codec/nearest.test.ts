import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearest } from '../../src/codec/nearest.js'

describe('nearest', () => {
  it('finds a word with a missing, added, changed or exchanged letter', () => {
    const known = ['lambda', 'gamma', 'batch', 'iterations']
    expect(nearest('lamda', known)).toBe('lambda')
    expect(nearest('gama', known)).toBe('gamma')
    expect(nearest('bacth', known)).toBe('batch')
    expect(nearest('Iteration', known)).toBe('iterations')
  })

  it('says nothing when no word is near', () => {
    expect(nearest('replay', ['lambda', 'gamma'])).toBeUndefined()
    expect(nearest('x', [])).toBeUndefined()
    expect(nearest('X', ['V', 'S'])).toBeUndefined()
  })

  it('for every known word, that word is its own nearest', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), fc.nat(), (known, i) => {
        const word = known[i % known.length]!
        expect(nearest(word, known)).toBe(word)
      }),
    )
  })
})

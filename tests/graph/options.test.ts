import { describe, expect, it } from 'vitest'
import { assertOptions, fraction, listOf, oneOfNames, optional, wholeFrom } from '../../src/graph/options.js'

describe('assertOptions', () => {
  const rules = {
    units: wholeFrom(1),
    rate: optional(fraction),
    kind: oneOfNames(['a', 'b']),
    sizes: listOf(wholeFrom(1)),
  }

  it('says every problem of a record at once, with what was given and what would be right', () => {
    expect(() =>
      assertOptions('thing', { units: 0, rate: Number.NaN, kind: 'c', sizes: [1, 0.5], unit: 3 }, rules),
    ).toThrow(
      "thing: units must be a whole number from 1, got 0; rate must be a number from 0 to 1, got NaN; kind must be one of a, b, got 'c'; " +
        "sizes must be a list, every member a whole number from 1, got [1, 0.5]; no option 'unit', known: units, rate, kind, sizes",
    )
  })
  it('takes what is right, with and without what is optional', () => {
    expect(() => assertOptions('thing', { units: 1, kind: 'b', sizes: [] }, rules)).not.toThrow()
    expect(() => assertOptions('thing', { units: 2, rate: 1, kind: 'a', sizes: [3] }, rules)).not.toThrow()
  })
  it('refuses what is no record', () => {
    for (const [given, said] of [
      [undefined, 'undefined'],
      [null, 'null'],
      [3, '3'],
      [[1], '[1]'],
      ['units', "'units'"],
    ] as const)
      expect(() => assertOptions('thing', given, rules)).toThrow(
        `thing: expected a record of options (units, rate, kind, sizes), got ${said}`,
      )
  })
})

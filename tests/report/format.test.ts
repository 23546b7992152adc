import { describe, expect, it } from 'vitest'
import { amount, column, fixed, gmac, listed, significant } from '../../src/report/format.js'
import type { Cell } from '../../src/report/summary.js'

const cellOf = (mean: number, half: number | null): Cell => ({
  kind: 'estimate',
  estimate: { n: 3, mean, sd: half, half },
  bySeed: new Map(),
})

describe('numbers as text', () => {
  it('have a real minus sign, and none before a zero', () => {
    expect(fixed(-1.25, 1)).toBe('−1.3')
    expect(fixed(-0.01, 1)).toBe('0.0')
  })

  it('have three significant digits', () => {
    expect([0, 0.02137, 3.2949, 47.52, 366.2, 1830.4, 0.00004].map(significant)).toEqual([
      '0',
      '0.021',
      '3.29',
      '47.5',
      '366',
      '1830',
      '4.0e−5',
    ])
    expect([47, 47.5].map(amount)).toEqual(['47', '47.5'])
    expect(gmac(3.66e11)).toBe('366')
  })

  it('of a column get one more decimal when an interval would vanish', () => {
    const shown = column({ unit: 'fraction' }, [
      cellOf(0.99712, 0.0004),
      cellOf(0.9, 0.02),
      { kind: 'undefined', reason: '' },
    ])
    expect(shown).toEqual([{ mean: '99.71', half: '0.04' }, { mean: '90.00', half: '2.00' }, null])
  })

  it('show no interval for a cost that is the same for every seed', () => {
    expect(column({ unit: 'macs' }, [cellOf(1e9, 0)])).toEqual([{ mean: '1.00', half: null }])
    expect(column({ unit: 'fraction' }, [cellOf(0.5, null)])).toEqual([{ mean: '50.0', half: null }])
  })

  it('are listed as a sentence has them', () => {
    expect([[2], [2, 3], [2, 3, 4]].map(listed)).toEqual(['2', '2 and 3', '2, 3 and 4'])
  })
})

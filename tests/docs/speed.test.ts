import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { speedTables, tablesIn } from '../../scripts/speed-table.js'

describe('the tables of speed', () => {
  it('in docs/speed.md are those that benchmarks/speed/results gives', () => {
    expect(tablesIn(readFileSync('docs/speed.md', 'utf8'))).toBe(speedTables())
  })
})

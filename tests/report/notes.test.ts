import { describe, expect, it } from 'vitest'
import { table } from '../../src/report/table.js'
import { fixtureResults, order } from '../support/results.js'

const fast = fixtureResults.map((result) => ({
  ...result,
  configuration: { ...result.configuration, training: { batch: 128, iterations: 2, arithmetic: 'fast' } },
}))

describe('a table of results in fast arithmetic', () => {
  it('says that their bits depend on the processor', () => {
    expect(table(fast, order)).toContain('All results are in fast arithmetic (fused multiply-add): their last bits')
    expect(table(fixtureResults, order)).not.toContain('fast arithmetic')
  })

  it('names the methods where not all are', () => {
    const some = fixtureResults.map((result, i) => (result.label === 'cls' ? fast[i]! : result))
    expect(table(some, order)).toContain('cls: in fast arithmetic (fused multiply-add)')
  })
})

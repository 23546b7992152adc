import { describe, expect, it } from 'vitest'
import { table } from '../../src/report/table.js'
import { diverged, fixtureResults, order } from '../support/results.js'

const lines = (text: string): readonly string[] => text.split('\n')

describe('the table of results', () => {
  it('has one line per method in the order of the benchmark', () => {
    const shuffled = fixtureResults.toReversed()
    expect(table(shuffled, order)).toBe(table(fixtureResults, order))
    expect(
      lines(table(shuffled, order))
        .slice(4, 10)
        .map((line) => line.split(' ')[0]),
    ).toEqual(order)
  })

  it('is aligned, with units, means and half-widths', () => {
    expect(lines(table(fixtureResults, order)).slice(0, 6)).toEqual([
      'split-mnist-class · seeds 2, 3 and 4 · mean ± half-width of the 95 % interval over seeds (Student t)',
      '',
      'method        seeds    accuracy    learning  forgetting     backward  compute  phases  memory',
      '                              %           %           %            %     GMAC    GMAC      kB',
      'naive             3  19.9 ± 0.3  99.3 ± 0.6  99.3 ± 0.8  −99.3 ± 0.8     1830       0       0',
      'joint             3  98.0 ± 1.5     –           –            –           1830       0       0',
    ])
  })

  it('gives the reasons for what is missing', () => {
    const text = table(fixtureResults, order)
    expect(text).toContain('joint has no learning accuracy, forgetting and backward transfer: the matrix has one row.')
    expect(text).toContain('There is no forward transfer here. Class-incremental: outputs of classes not yet trained')
  })

  it('counts diverged runs and averages the others', () => {
    const some = fixtureResults.map((r) => (r.label === 'replay' && r.seed === 3 ? diverged(r) : r))
    const without = fixtureResults.filter((r) => r.label !== 'replay' || r.seed !== 3)
    const row = (text: string): string =>
      lines(text)
        .find((line) => line.startsWith('replay '))
        ?.replace(/^replay +\S+( \(1 diverged\))? +/, '') ?? ''
    expect(table(some, order)).toContain(
      'replay: 1 of 3 runs diverged (seed 3 in experience 3, step 417) and are counted, not averaged.',
    )
    expect(table(some, order)).toContain('3 (1 diverged)')
    expect(row(table(some, order))).toBe(row(table(without, order)))
  })

  it('of methods that all diverged has no numbers and says why', () => {
    const text = table(fixtureResults.map(diverged), order)
    expect(text).toContain('naive: 3 of 3 runs diverged')
    expect(text).not.toContain('NaN')
  })

  it('of one seed has no intervals', () => {
    const text = table(
      fixtureResults.filter(({ seed }) => seed === 2),
      order,
    )
    expect(text).toContain('seed 2 · one seed: no interval')
    expect(text).not.toContain('±')
  })

  it('warns when the seeds of a method do not share a configuration, or methods their seeds', () => {
    const mixed = fixtureResults.map((r) =>
      r.label === 'cls' && r.seed === 4 ? { ...r, configuration: { ...r.configuration, training: { batch: 1 } } } : r,
    )
    expect(table(mixed, order)).toContain('cls: its seeds were not run with the same configuration.')
    expect(table(fixtureResults, order)).not.toContain('not run with')
    expect(table(fixtureResults.slice(1), order)).toContain('The methods were not all run with the same seeds.')
  })

  it('of nothing says so', () => {
    expect(table([], order)).toBe('No results.\n')
  })
})

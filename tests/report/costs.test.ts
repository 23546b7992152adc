import { describe, expect, it } from 'vitest'
import { assumptions } from '../../src/metrics/energy.js'
import { costTable } from '../../src/report/costTable.js'
import { type PageInput, page } from '../../src/report/page.js'
import { diverged, fixtureResults, older, order } from '../support/results.js'

const lines = (text: string): readonly string[] => text.split('\n')
const input: PageInput = { title: '', description: '', results: fixtureResults, order, citations: [] }
const partlyOlder = fixtureResults.map((run) => (run.label === 'naive' ? run : older(run)))
const reason = 'the result was written before element operations and bytes moved were counted.'

/** Cells of a method's line of each table of costs: work, memory, energy. */
const cellsOf = (text: string, label: string): readonly (readonly string[])[] =>
  [...text.slice(text.indexOf('<h2>Cost</h2>')).matchAll(/<tr><th scope="row">(.*?)<\/tr>/gs)]
    .map(([, row = '']) => row.replaceAll(/<svg.*?<\/svg>/gs, ''))
    .filter(
      (row) =>
        row
          .replaceAll(/<[^>]*>/g, ' ')
          .trim()
          .split(/\s+/)[0] === label,
    )
    .map((row) =>
      [...row.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell = '']) => cell.replaceAll(/<[^>]*>/g, '').trim()),
    )

describe('the costs in the terminal', () => {
  it('are aligned under the part of the run that they belong to', () => {
    expect(lines(costTable(fixtureResults, order)).slice(0, 10)).toEqual([
      'cost of a run, counted: products (multiply-accumulates), element operations, bytes moved',
      '',
      '                                 training         sleep, consolidation                   evaluation',
      'method        products  operations  moved  products  operations  moved  products  operations  moved',
      '                  GMAC         Gop     GB      GMAC         Gop     GB      GMAC         Gop     GB',
      'naive             1830        91.5    403         0           0      0      48.0        2.40   10.6',
      'joint             1830        91.5    403         0           0      0      48.0        2.40   10.6',
      'ewc               1830        91.5    403      21.0        1.05   4.62      48.0        2.40   10.6',
      'replay            3290         165    724         0           0      0      48.0        2.40   10.6',
      'cls               3290         165    724       366        18.3   80.5      48.0        2.40   10.6',
    ])
  })

  it('estimate energy and say what they assume', () => {
    const text = costTable(fixtureResults, order)
    expect(text).toContain('naive               8.50         73.9   3.70       0.223         1.94  0.0969')
    for (const assumption of assumptions) expect(text).toContain(assumption)
  })

  it('leave out what no run recorded, and say why', () => {
    const text = costTable(fixtureResults.map(older), order)
    expect(text).not.toMatch(/Gop|GB|pJ|NaN/)
    expect(lines(text).slice(-3)).toEqual(['', `Not for any method: ${reason}`, ''])
    const mixed = costTable(partlyOlder, order)
    expect(mixed).toContain('joint             1830           –      –         0           –      –')
    expect(mixed).toContain(`Not for joint, ewc, replay, cls and cls-no-sleep: ${reason}`)
  })

  it('of nothing and of diverged runs have no numbers', () => {
    expect(costTable([], order)).toBe('')
    expect(costTable(fixtureResults.map(diverged), order)).not.toMatch(/NaN|undefined|Infinity|\d\.\d/)
  })
})

describe('the costs on the page', () => {
  it('are the numbers of the terminal', async () => {
    const text = await page(input)
    const [work, , energy] = cellsOf(text, 'cls')
    expect(work).toEqual(['3290', '165', '724', '366', '18.3', '80.5', '48.0', '2.40', '10.6'])
    expect(energy).toEqual(['17.0', '148', '7.38', '0.223', '1.94', '0.0969'])
    expect(text).toContain('peak of a step')
  })

  it('call energy an estimate and print every assumption', async () => {
    const text = await page(input)
    expect(text).toContain('<h2>Energy, estimated</h2>')
    for (const assumption of assumptions) expect(text).toContain(`<li>${assumption.replaceAll('&', '&amp;')}</li>`)
  })

  it('of older results have multiply-accumulates only', async () => {
    const text = await page({ ...input, results: fixtureResults.map(older) })
    expect(cellsOf(text, 'cls')[0]).toEqual(['3290', '366', '48.0'])
    expect(text).toContain(`<li>Not for any method: ${reason}</li>`)
    expect(text).not.toContain('<li>Arithmetic:')
    expect(text).not.toContain('peak of a step')
  })
})

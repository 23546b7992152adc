import { describe, expect, it } from 'vitest'
import { type PageInput, page } from '../../src/report/page.js'
import { diverged, fixtureResults, order } from '../support/results.js'

const input: PageInput = {
  title: 'Split MNIST',
  description: 'Ten digits in five pairs.',
  results: fixtureResults,
  order,
  citations: [
    { name: 'ewc', sources: [{ paper: 'Kirkpatrick et al. 2017', equation: 'equation 3', variant: 'online' }] },
    { name: 'unused', sources: [{ paper: 'Nobody 1900', equation: '-', variant: '' }] },
  ],
}

describe('the page of results', () => {
  it('is the same to the byte when it is made again', async () => {
    expect(await page(input)).toBe(await page(input))
  })

  it('names no resource outside itself and runs nothing', async () => {
    const text = await page(input)
    expect(text.replaceAll(/xmlns(:xlink)?="http:\/\/www\.w3\.org\/[^"]+"/g, '')).not.toMatch(
      /https?:|\bsrc=|@import|url\(|<link/,
    )
    expect(text.match(/<script[^>]*>/g)).toEqual(['<script type="application/json" id="results">'])
  })

  it('has the methods in order, a heat map of each, and two line charts beside the charts of cost', async () => {
    const text = await page(input)
    expect([...text.matchAll(/<h3>(.*?)<\/h3><span>final/g)].map(([, label]) => label)).toEqual(order)
    expect(text.match(/<div class="drawing"/g)).toHaveLength(6)
    expect(text).toContain('>73</td>')
  })

  it('gives seeds, interval, reasons and only the sources that were used', async () => {
    const text = await page(input)
    expect(text).toContain('seeds 2, 3 and 4')
    expect(text).toContain('95 % interval of the mean (Student t)')
    expect(text).toContain('the matrix has one row')
    expect(text).toContain('Kirkpatrick et al. 2017, equation 3; variant: online')
    expect(text).not.toContain('Nobody 1900')
  })

  it('escapes what it is given, in text, attributes and embedded data', async () => {
    const nasty = '</script><b title="x">&'
    const results = fixtureResults.slice(0, 3).map((r) => ({ ...r, label: nasty, benchmark: nasty }))
    const text = await page({ ...input, title: nasty, results, order: [nasty] })
    expect(text).not.toContain(nasty)
    expect(text).not.toContain('<b ')
    expect(text.match(/<\/script>/g)).toHaveLength(1)
    const embedded: unknown = JSON.parse(/id="results">(.*?)<\/script>/s.exec(text)?.[1] ?? '')
    expect(embedded).toMatchObject([{ label: nasty }, { label: nasty }, { label: nasty }])
  })

  it('embeds what was measured and leaves out where and when', async () => {
    const embedded: unknown = JSON.parse(/id="results">(.*?)<\/script>/s.exec(await page(input))?.[1] ?? '')
    expect(embedded).toHaveLength(fixtureResults.length)
    expect(embedded).toMatchObject(fixtureResults.map(({ accuracy, costs }) => ({ accuracy, costs })))
    expect(JSON.stringify(embedded)).not.toContain('startedAt')
  })

  it('can be made of nothing, of diverged runs and of one row', async () => {
    const joint = fixtureResults.filter(({ label }) => label === 'joint')
    for (const results of [[], fixtureResults.map(diverged), joint]) {
      expect(await page({ ...input, results })).not.toMatch(/NaN|undefined|Infinity/)
    }
  })

  it('shows what was published, with how well it is known', async () => {
    const figure = {
      label: 'replay',
      mean: 0.89,
      interval: { kind: 'sem', value: 0.002 },
      source: 'Somebody 2022',
      tag: 'NV',
      margin: 0.02,
    } as const
    const expected = [
      { ...figure, measure: 'accuracy' },
      { ...figure, measure: 'within-context', mean: 0.99, interval: { kind: 'none' } },
    ] as const
    const text = await page({ ...input, expected })
    expect(text).toContain('<td>89.00 ± 0.20 sem NV; 99.00 NV (within)</td>')
    expect(text).toContain('Somebody 2022')
  })
})

import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeWith } from '../../src/codec/decode.js'
import { describe as said } from '../../src/codec/problem.js'
import { expectations, unmeasurable } from '../../src/train/expected.js'

const row = { label: 'er', mean: 0.8043, interval: { kind: 'none' }, source: 'a paper', tag: 'V', margin: 0.02 }

const problemsOf = (raw: unknown): readonly string[] => {
  const decoded = decodeWith(expectations, raw)
  return E.isLeft(decoded) ? decoded.left.map(said) : []
}

describe('published figures', () => {
  it('are of the accuracy unless they say otherwise, and keep what was printed beside the mean', () => {
    const printed = { ...row, measure: 'within-context', interval: { kind: 'sd', value: 0.0189 }, runs: 10 }
    expect(decodeWith(expectations, [row, printed])).toEqual(E.right([{ ...row, measure: 'accuracy' }, printed]))
  })

  it('are decoded to themselves once decoded', () => {
    const decoded = decodeWith(expectations, [row])
    if (E.isLeft(decoded)) throw new Error('it does not decode')
    expect(decodeWith(expectations, JSON.parse(JSON.stringify(expectations.encode(decoded.right))))).toEqual(decoded)
  })

  it('tell all that is wrong with them', () => {
    const { margin: _, ...without } = row
    const found = problemsOf([
      { ...row, mean: 80.43 },
      { ...without, tag: 'v', mesure: 'accuracy' },
      { ...row, label: 'x', interval: { kind: 'sd' } },
      { ...row, label: 'y', interval: { kind: 'none', value: 0.1 } },
    ]).join('\n')
    expect(found).toContain('[0].mean: expected a number from 0 to 1, got 80.43')
    expect(found).toContain('[1].margin: expected a number from 0 to 1')
    expect(found).toContain('[1].tag: expected one of "V", "S", "F", "NV", "M", "P"')
    expect(found).toContain("unknown key 'mesure'; did you mean 'measure'?")
    expect(found).toContain('[2].interval.value: expected a number from 0 to 1')
    expect(found).toContain("[3].interval.value: unknown key 'value'")
  })

  it('stand once for each label and measure', () => {
    expect(problemsOf([row, { ...row, measure: 'within-context' }])).toEqual([])
    expect(problemsOf([row, { ...row, measure: 'accuracy', mean: 0.1 }]).join()).toContain(
      '[1]: expected one figure for each label and measure',
    )
  })

  it('are of labels and measures that the file has', () => {
    const decoded = decodeWith(expectations, [row, { ...row, label: 'der', measure: 'within-context' }])
    if (E.isLeft(decoded)) throw new Error('it does not decode')
    const places = unmeasurable(decoded.right, ['er', 'ewc'], ['transfer'])
    expect(places.map(({ at }) => at.join('.'))).toEqual(['expected.1.label', 'expected.1.measure'])
    expect(unmeasurable(decoded.right, ['er', 'der'], ['within-context'])).toEqual([])
  })
})

import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeWith } from '../../src/codec/decode.js'
import { result, resultFields } from '../../src/record/result.js'
import { diverged, naiveResult, resultOf, shapes } from '../support/results.js'

const curve = { context: 1, steps: [0, 10], accuracy: [0.1, 0.9] }

// between them these two have every field
const fading = resultOf(shapes[4]!, 2)
const full = {
  ...fading,
  accuracy: { ...fading.accuracy, withinContext: fading.accuracy.matrix },
  experiences: naiveResult.experiences.map((e) => ({ ...e, terms: { penalty: 0.5 } })),
  parameters: { sha256: '0123456789abcdef'.repeat(4) },
  transfer: { curves: [curve], scratch: [curve], relearn: [{ context: 0, criterion: 0.9, first: 10, again: null }] },
}
const examples = [full, diverged(full)]

// objects whose keys are data
const tables = ['experiences[].terms', 'costs.phases', 'costs.phases.*.rows', 'costs.rowsRead', 'traces[].values']

const paths = (value: unknown, at: string): readonly string[] => {
  if (Array.isArray(value)) return value.length === 0 ? [`${at}[]`] : value.flatMap((item) => paths(item, `${at}[]`))
  if (typeof value !== 'object' || value === null || at === 'configuration' || at === 'traces[].values.*') return [at]
  const deeper = Object.entries(value).flatMap(([k, v]) =>
    paths(v, at === '' ? k : tables.includes(at) ? `${at}.*` : `${at}.${k}`),
  )
  return at === 'experiences[].loss' ? [at, ...deeper] : deeper
}

const [describing = ''] = readFileSync(new URL('../../docs/results.md', import.meta.url), 'utf8').split(
  /^## Published figures$/m,
)
const documented = describing.split('\n').flatMap((line) => /^\| `([^`]+)` \|/.exec(line)?.[1] ?? [])

describe('the documentation of result files', () => {
  it('has every field, and no field that does not exist', () => {
    for (const example of examples) expect(E.isRight(decodeWith(result, example))).toBe(true)
    const existing = new Set(examples.flatMap((example) => paths(example, '')))
    expect([...existing].toSorted()).toEqual(documented.toSorted())
    expect(Object.keys(resultFields).toSorted()).toEqual(Object.keys(full).toSorted())
  })
})

import { describe, expect, it } from 'vitest'
import { recordProblems } from '../../src/strategy/record.js'

const problemOf = (fields: object): string => recordProblems([{ name: 'a', rights: {}, ...fields }]).join('; ')

describe('the records of a method', () => {
  it('may be none, or have every hook', () => {
    expect(recordProblems([])).toEqual([])
    const phases = [{ name: 'p', when: { on: 'rows', every: 10 }, steps: () => 1, commit: () => ({}) }]
    const tensors = { t: { shape: () => [1], init: 'params' } }
    expect(problemOf({ rights: { boundary: true }, loss: null, phases, tensors, objective: () => [] })).toBe('')
  })

  it.each<[string, unknown, string]>([
    ['are a list', { name: 'a', rights: {} }, 'expected a list of strategy records'],
    ['are records', [1], 'expected a strategy record'],
    ['have rights', [{ name: 'a' }], 'rights: expected rights, e.g. { boundary: true } or {}, got nothing'],
  ])('%s', (_, made, message) => {
    expect(recordProblems(made).join()).toContain(message)
  })

  it.each<[object, string]>([
    [{ comit: () => ({}) }, "did you mean 'commit'?"],
    [{ rights: { boundry: true } }, "did you mean 'boundary'?"],
    [{ rights: { boundary: 1 } }, 'expected true, got 1'],
    [{ commit: 3 }, 'expected a function, got 3'],
    [{ phases: [{ name: 'p', when: { on: 'boundry' }, steps: 1 }] }, "did you mean 'boundary'?"],
    [{ phases: [{ name: 'p', when: { on: 'rows', evry: 1 }, steps: 1 }] }, "did you mean 'every'?"],
    [{ phases: [{ name: 'p', when: { on: 'boundary' }, step: 1, steps: 1 }] }, "did you mean 'steps'?"],
    [{ phases: [{ name: 'p', when: { on: 'boundary' }, steps: -1 }] }, 'steps: expected an integer >= 0'],
  ])('refuse %j', (fields, message) => {
    expect(problemOf(fields)).toContain(message)
  })
})

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { applySetting, parseSetting } from '../../src/cli/settings.js'

const raw = {
  training: { batch: 4 },
  seeds: [5, 6],
  methods: [
    { label: 'naive', strategies: [] },
    { label: 'ewc', strategies: [{ name: 'ewc', lambda: 1 }] },
  ],
}

const set = (text: string): E.Either<string, unknown> =>
  pipe(
    parseSetting(text),
    E.chain((setting) => applySetting(raw, setting)),
    E.mapLeft((error) => (error._tag === 'Refused' ? `${error.where}: ${error.reason}` : error._tag)),
  )

describe('a setting', () => {
  it('replaces a value and leaves the rest', () => {
    expect(set('training.batch=8')).toEqual(E.right({ ...raw, training: { batch: 8 } }))
  })

  it('is JSON, or text where it is not', () => {
    expect(set('seeds=[1,2]')).toEqual(E.right({ ...raw, seeds: [1, 2] }))
    expect(set('name=a=b')).toEqual(E.right({ ...raw, name: 'a=b' }))
    expect(set('training.batch=NaN')).toEqual(E.right({ ...raw, training: { batch: 'NaN' } }))
  })

  it('finds items of lists by label, by name and by number', () => {
    const expected = E.right({
      ...raw,
      methods: [raw.methods[0], { label: 'ewc', strategies: [{ name: 'ewc', lambda: 9 }] }],
    })
    expect(set('methods.ewc.strategies.ewc.lambda=9')).toEqual(expected)
    expect(set('methods.1.strategies.0.lambda=9')).toEqual(expected)
  })

  it('leaves an unknown key for the codec to refuse', () => {
    expect(set('trainin.batch=8')).toEqual(E.right({ ...raw, trainin: { batch: 8 } }))
  })

  it.each([
    ['training', '--set training: it is not of the form path=value, as in training.iterations=100'],
    ['=3', '--set =3: it is not of the form path=value, as in training.iterations=100'],
    ['a..b=3', '--set a..b=3: it is not of the form path=value, as in training.iterations=100'],
    ['methods.si.x=3', "--set methods.si.x=3: the list has no item 'si'; it has: naive, ewc"],
    ['training.batch.x=3', "--set training.batch.x=3: 'x' would be a key of 4, which has no keys"],
  ])('refuses %s', (text, message) => {
    expect(set(text)).toEqual(E.left(message))
  })
})

import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { closed } from '../../src/codec/closed.js'
import { decodeWith } from '../../src/codec/decode.js'
import { count } from '../../src/codec/number.js'
import { withDefault } from '../../src/codec/optional.js'
import { orWord } from '../../src/codec/orWord.js'
import { describe as text } from '../../src/codec/problem.js'

const options = closed('options', { rows: withDefault(orWord(count, 'all'), 'all') })
const problems = (rows: unknown): readonly string[] => {
  const decoded = decodeWith(options, { rows })
  return E.isLeft(decoded) ? decoded.left.map(text) : []
}

describe('a number or a word', () => {
  it('takes either', () => {
    expect(problems(3)).toEqual([])
    expect(problems('all')).toEqual([])
    expect(problems(undefined)).toEqual([])
  })

  it('says once what is wrong, at the option itself', () => {
    expect(problems('every')).toEqual(['rows: expected "all", or an integer >= 1, got "every"'])
    expect(problems(0)).toHaveLength(1)
    expect(problems(0)[0]).toMatch(/^rows: /)
  })
})

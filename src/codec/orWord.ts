import type * as t from 'io-ts'
import { choose } from './choose.js'
import { oneOf } from './oneOf.js'

/** A number of some kind, or one word in its place: a text is judged as the word, anything else as the number. */
export const orWord = <W extends string>(number: t.Type<number>, word: W): t.Type<number | W> =>
  choose(oneOf([word]), (u) => typeof u === 'string', number)

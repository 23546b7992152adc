/** The header of an .npy file: a Python dictionary as text. */
import * as E from 'fp-ts/lib/Either.js'
import { type Reading, refused } from './reading.js'

/** A value of the header; others than these stand in no file of plain numbers. */
type Value = string | boolean | readonly number[]

const token = /\s*(?:'([^'\\]*)'|"([^"\\]*)"|(True|False)|(\d+)L?|([{}():,[\]]))/y

/** Tokens of the text: texts in quotes as `'…`, names and signs as they are. Undefined where there are none. */
const tokensOf = (text: string): readonly string[] | undefined => {
  const found: string[] = []
  const pattern = new RegExp(token)
  const end = text.trimEnd().length
  while (pattern.lastIndex < end) {
    const match = pattern.exec(text)
    if (match === null) return undefined
    const [, single, double, ...plain] = match
    const quoted = single ?? double
    found.push(quoted === undefined ? (plain.find((part) => part !== undefined) ?? '') : `'${quoted}`)
  }
  return found
}

/** The value that begins at token `at`, and the first token after it. */
const valueAt = (tokens: readonly string[], at: number): readonly [Value, number] | undefined => {
  const first = tokens[at] ?? ''
  if (first.startsWith("'")) return [first.slice(1), at + 1]
  if (first === 'True' || first === 'False') return [first === 'True', at + 1]
  if (first !== '(') return undefined
  const numbers: number[] = []
  let next = at + 1
  while (/^\d+$/.test(tokens[next] ?? '')) {
    const length = Number(tokens[next])
    if (!Number.isSafeInteger(length)) return undefined
    numbers.push(length)
    next += 1
    // (5) is a number and (5,) a tuple
    if (tokens[next] === ',') next += 1
    else if (numbers.length === 1) return undefined
    else break
  }
  return tokens[next] === ')' ? [numbers, next + 1] : undefined
}

/** The entries of the dictionary by name. Left where the text is none of texts, True, False and tuples of whole numbers. */
export const parseNpyHeader = (text: string): Reading<ReadonlyMap<string, Value>> => {
  const expected = "a dictionary such as {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }"
  const wrong = refused('header', expected, text.trimEnd())
  const tokens = tokensOf(text)
  if (tokens?.[0] !== '{') return wrong
  const entries = new Map<string, Value>()
  let at = 1
  while (tokens[at] !== '}') {
    const key = tokens[at]
    const value = tokens[at + 1] === ':' ? valueAt(tokens, at + 2) : undefined
    if (key?.startsWith("'") !== true || value === undefined || entries.has(key.slice(1))) return wrong
    entries.set(key.slice(1), value[0])
    at = value[1]
    if (tokens[at] === ',') at += 1
    else if (tokens[at] !== '}') return wrong
  }
  return at === tokens.length - 1 ? E.right(entries) : wrong
}

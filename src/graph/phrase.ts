/** One expression on one line, in the words that people write, for messages. */
import type { Expr } from './expr.js'
import { literalValue } from './primitives/leaf.js'

/** A name that stands for an expression, such as that of a parameter; undefined: it is written out. */
export type NameOf = (e: Expr) => string | undefined

const infix: Readonly<Record<string, string>> = { add: '+', subtract: '-', multiply: '*', divide: '/' }

/** They move values and change none. */
const silent = new Set(['broadcast', 'reshape', 'permute', 'copy', 'stop'])

/** A number in at most 7 significant digits, as many as an f32 has. */
export const short = (x: number): string => String(Number.isFinite(x) ? Number(x.toPrecision(7)) : x)

const isZero = (e: Expr): boolean => literalValue(e) === 0

/** Text, and whether it must have parentheses as an operand. */
interface Phrase {
  readonly text: string
  readonly open: boolean
}

const closed = (text: string): Phrase => ({ text, open: false })

const phraseOf = (e: Expr, depth: number, nameOf: NameOf): Phrase => {
  const literal = literalValue(e)
  const named = nameOf(e) ?? (literal === undefined ? undefined : short(literal))
  if (named !== undefined) return closed(named)
  const { args, attrs } = e
  const { name } = e.op
  const [a, b, c, d] = args
  if (a === undefined) return closed(String(attrs.name))
  if (silent.has(name)) return phraseOf(a, depth, nameOf)
  if (depth === 0) return closed('…')
  const call = (word: string, ...given: readonly Expr[]): Phrase =>
    closed(`${word}(${given.map((arg) => phraseOf(arg, depth - 1, nameOf).text).join(', ')})`)
  const operand = (arg: Expr): string => {
    const { text, open } = phraseOf(arg, depth - 1, nameOf)
    return open ? `(${text})` : text
  }
  if (name === 'negate') return closed(`-${operand(a)}`)
  if (name === 'slice') return closed(`${operand(a)}[${Number(attrs.from)}…]`)
  if (name === 'sliceLast') return closed(`${operand(a)}[…, ${Number(attrs.from)}…]`)
  if (name === 'random') return closed(`random('${String(attrs.label)}')`)
  if (name === 'onHost') return call(String(attrs.function), ...args)
  if (b === undefined) return call(name, a)
  if (name === 'multiply' && a === b) return call('square', a)
  if (infix[name] !== undefined) return { text: `${operand(a)} ${infix[name]} ${operand(b)}`, open: true }
  if (c === undefined || d === undefined) return call(name, ...args)
  const choice = (sign: string): Phrase => ({
    text: `${operand(a)} ${sign} ${operand(b)} ? ${operand(c)} : ${operand(d)}`,
    open: true,
  })
  if (name === 'selectEqual') return choice('=')
  if (name !== 'selectGreater') return call(name, ...args)
  if (isZero(a) && isZero(c) && b === d) return call('relu', b)
  if (a === c && b === d) return call('maximum', a, b)
  return b === c && a === d ? call('minimum', b, a) : choice('>')
}

/** `log(dot(x, dense0/weight) - 1)`: arguments of arguments `depth` levels down, `…` below. */
export const phrase = (e: Expr, depth: number, nameOf: NameOf = () => undefined): string =>
  phraseOf(e, depth, nameOf).text

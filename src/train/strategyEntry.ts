import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { oneOf } from '../codec/oneOf.js'

/** The part of a plugin that decoding needs: its name and the codec of its options. */
export interface Options {
  readonly name: string
  readonly options: t.Mixed
}

/** A strategy as a benchmark file names it, every option resolved: `{ "name": "ewc", "lambda": 1000, ... }`. */
export type StrategyEntry = { readonly name: string } & Readonly<Record<string, unknown>>

const isObject = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === 'object' && u !== null && !Array.isArray(u)

const withoutName = ({ name: _, ...options }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  options

/** Codec of one strategy: the name must be that of a plugin, the other keys are decoded by the codec of its options. */
export const strategyEntry = (plugins: readonly Options[]): t.Type<StrategyEntry> => {
  const [first, ...rest] = plugins.map(({ name }) => name)
  if (first === undefined) throw new Error('strategyEntry: needs at least one plugin')
  const names = oneOf([first, ...rest])
  const optionsOf = (u: Readonly<Record<string, unknown>>): t.Mixed | undefined =>
    plugins.find(({ name }) => name === u['name'])?.options
  return new t.Type<StrategyEntry>(
    `a strategy with name ${names.name}`,
    (u): u is StrategyEntry => isObject(u) && (optionsOf(u)?.is(withoutName(u)) ?? false),
    (u, context) => {
      if (!isObject(u)) return t.failure(u, context)
      const codec = optionsOf(u)
      const name = names.validate(u['name'], t.appendContext(context, 'name', names, u['name']))
      if (codec === undefined || E.isLeft(name)) return E.isLeft(name) ? name : t.failure(u, context)
      const options = codec.validate(withoutName(u), context)
      if (E.isLeft(options)) return options
      // what is kept is the file form of the resolved options, so that it can be hashed, written and sent to a worker
      const resolved: unknown = codec.encode(options.right)
      return isObject(resolved) ? t.success({ ...resolved, name: name.right }) : t.failure(u, context)
    },
    t.identity,
  )
}

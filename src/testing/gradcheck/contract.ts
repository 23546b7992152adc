/** What a file may export for `engram gradcheck`: the checks that it names, as types and as codecs that find everything wrong at once. */
import * as t from 'io-ts'
import { choose } from '../../codec/choose.js'
import { closed } from '../../codec/closed.js'
import { list } from '../../codec/list.js'
import { count, finite, natural } from '../../codec/number.js'
import { oneOf } from '../../codec/oneOf.js'
import { optional } from '../../codec/optional.js'
import { table } from '../../codec/table.js'
import { text } from '../../codec/text.js'
import type { Shape } from '../../graph/shape.js'
import type { LayerOf } from '../../nn/layer.js'
import type { AnyStrategy } from '../../strategy/anyStrategy.js'
import { recordProblems } from '../../strategy/record.js'
import type { AnyPlugin } from '../../strategy/registry.js'
import type { Argument } from '../argument.js'
import { type CheckName, checkNames, type GradientOptions } from '../options.js'
import type { Differentiable } from '../problem.js'

/** A function of expressions and the arguments it is checked at, as `checkGradients` takes them. */
export interface FunctionCheck {
  readonly f: Differentiable
  readonly arguments: readonly Argument[]
  readonly options?: GradientOptions
}

/** A layer and the shape of one example. */
export interface LayerCheck {
  readonly layer: LayerOf
  readonly shape: Shape
  /** A training pass: with a draw key, and row weights. */
  readonly training?: true
  /** Examples hold class numbers below this. */
  readonly classes?: number
  /** Rows are of contexts below this. */
  readonly contexts?: number
}

/** A strategy: its terms after so many experiences (2 when absent). */
export interface StrategyCheck {
  readonly strategy: AnyStrategy
  readonly experience?: number
}

/** A plugin and its options. */
export interface PluginCheck {
  readonly plugin: AnyPlugin
  readonly options?: unknown
  readonly experience?: number
}

/** One entry of `checks`. */
export type GradientCheck = FunctionCheck | LayerCheck | StrategyCheck | PluginCheck

const guarded = <A>(name: string, is: (u: unknown) => u is A): t.Type<A> =>
  new t.Type<A>(name, is, (u, c) => (is(u) ? t.success(u) : t.failure(u, c)), t.identity)

const isObject = (u: unknown): u is Readonly<Record<string, unknown>> => typeof u === 'object' && u !== null
const isFunction = (u: unknown): u is (...xs: readonly never[]) => unknown => typeof u === 'function'
const isNumbers = (u: unknown): u is ArrayLike<number> =>
  (Array.isArray(u) && u.every((x) => typeof x === 'number')) || (ArrayBuffer.isView(u) && !(u instanceof DataView))

/** A function, whatever it is of. */
export const isDifferentiable = (u: unknown): u is Differentiable => isFunction(u)
const isLayerOf = (u: unknown): u is LayerOf => isFunction(u)

/** A record `{ name, sources, options, make }` whose options are a codec. */
export const isPlugin = (u: unknown): u is AnyPlugin =>
  isObject(u) &&
  typeof u['name'] === 'string' &&
  Array.isArray(u['sources']) &&
  isObject(u['options']) &&
  isFunction(u['options']['decode']) &&
  isFunction(u['make'])

/** A record `{ name, rights, … }` without a fault. */
export const isStrategy = (u: unknown): u is AnyStrategy => recordProblems([u]).length === 0

const shape = list(count)

const argument: t.Type<Argument> = choose(
  shape,
  Array.isArray,
  closed('an argument { shape, name?, values?, low?, high?, below?, dtype?, fixed? }', {
    shape,
    name: optional(text),
    values: optional(guarded('numbers', isNumbers)),
    low: optional(finite),
    high: optional(finite),
    below: optional(count),
    dtype: optional(oneOf(['i32', 'u8'])),
    fixed: optional(guarded('true or false', (u): u is boolean => typeof u === 'boolean')),
  }),
)

const checkName = guarded(`one of ${checkNames.join(', ')}`, (u): u is CheckName =>
  checkNames.some((name) => name === u),
)

const options = closed('options of checkGradients', {
  seed: optional(natural),
  only: optional(list(checkName)),
  entries: optional(natural),
  directions: optional(count),
  differencesOf: optional(oneOf(['promise', 'value'])),
  env: optional(
    table(guarded('numbers', (u): u is number | ArrayLike<number> => typeof u === 'number' || isNumbers(u))),
  ),
  name: optional(text),
})

const functionCheck: t.Type<FunctionCheck> = closed('a check { f, arguments, options? }', {
  f: guarded('a function of expressions', isDifferentiable),
  arguments: list(argument, { min: 1 }),
  options: optional(options),
})

const layerCheck: t.Type<LayerCheck> = closed('a check { layer, shape, training?, classes?, contexts? }', {
  layer: guarded('a layer, such as dense({ … })', isLayerOf),
  shape,
  training: optional(oneOf([true])),
  classes: optional(count),
  contexts: optional(count),
})

const strategyCheck: t.Type<StrategyCheck> = closed('a check { strategy, experience? }', {
  strategy: guarded('a strategy { name, rights, … }', isStrategy),
  experience: optional(natural),
})

const pluginCheck: t.Type<PluginCheck> = closed('a check { plugin, options?, experience? }', {
  plugin: guarded('a plugin { name, sources, options, make }', isPlugin),
  options: optional(guarded('options of the plugin', (u): u is unknown => u !== undefined)),
  experience: optional(natural),
})

const has =
  (key: string) =>
  (u: unknown): boolean =>
    isObject(u) && key in u

/** An entry of `checks`: which kind is meant is told by its first key. */
export const gradientCheck: t.Type<GradientCheck> = choose(
  layerCheck,
  has('layer'),
  choose(strategyCheck, has('strategy'), choose(pluginCheck, has('plugin'), functionCheck)),
)

/** The export `checks`. */
export const gradientChecks: t.Type<Readonly<Record<string, GradientCheck>>> = table(gradientCheck)

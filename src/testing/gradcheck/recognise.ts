/** Exports that say themselves what they are: what can be checked of them, or why nothing can. */
import * as E from 'fp-ts/lib/Either.js'
import { decodeWith } from '../../codec/decode.js'
import { describe } from '../../codec/problem.js'
import type { Expr } from '../../graph/expr.js'
import { input } from '../../graph/ops.js'
import type { Layer, LayerOf } from '../../nn/layer.js'
import type { Network } from '../../nn/network.js'
import { recordProblems } from '../../strategy/record.js'
import { attempt } from '../attempt.js'
import type { Argument } from '../argument.js'
import type { Differentiable } from '../problem.js'
import { gradientCheck, isDifferentiable, isPlugin, isStrategy, type GradientCheck } from './contract.js'
import { type Checked, differentiated } from './differentiated.js'
import type { Instance, Item } from './item.js'
import { type LayerCase, layerCall } from './layerCall.js'
import { networkChecks } from './networkChecks.js'
import { strategyChecks } from './strategyChecks.js'

/** Something that is wrong with an export. */
export interface Refusal {
  readonly problem: string
}

const isObject = (u: unknown): u is Readonly<Record<string, unknown>> => typeof u === 'object' && u !== null

const isNetwork = (u: unknown): u is Network =>
  isObject(u) &&
  isObject(u['layout']) &&
  typeof u['inputs'] === 'number' &&
  typeof u['outputs'] === 'number' &&
  typeof u['apply'] === 'function' &&
  typeof u['initialise'] === 'function'

const isLayer = (u: unknown): u is Layer =>
  isObject(u) && Array.isArray(u['parameters']) && Array.isArray(u['shape']) && typeof u['apply'] === 'function'

const isExpr = (u: unknown): u is Expr => isObject(u) && 'op' in u && Array.isArray(u['args']) && 'dtype' in u

const item = (name: string, instances: readonly Instance[]): Item => ({
  name,
  kind: 'yours',
  instances,
  ...(instances.length === 0 ? { note: 'adds no term' } : {}),
})

/** Items of one check of the contract; `name` is its key. */
export const itemOf = (name: string, check: GradientCheck): Item | Refusal => {
  if ('f' in check)
    return item(name, [
      differentiated({ name, f: check.f, args: check.arguments, ...(check.options ? { options: check.options } : {}) }),
    ])
  if ('layer' in check) {
    const made = attempt(() => layerCall({ ...check, name }))
    return 'problem' in made ? { problem: `${name}: ${made.problem}` } : item(name, [differentiated(made.value)])
  }
  if ('strategy' in check) {
    const made = attempt(() => strategyChecks('', check.strategy, check.experience))
    return 'problem' in made ? { problem: `${name}: ${made.problem}` } : item(name, made.value)
  }
  const decoded = decodeWith(check.plugin.options, check.options ?? {})
  if (E.isLeft(decoded))
    return {
      problem: `${name}: the options of plugin '${check.plugin.name}' do not fit (${decoded.left.map(describe).join('; ')}): export const checks = { ${name}: { plugin, options: { … } } }`,
    }
  const made = attempt(() => check.plugin.make(decoded.right).flatMap((s) => strategyChecks('', s, check.experience)))
  return 'problem' in made ? { problem: `${name}: ${made.problem}` } : item(name, made.value)
}

/** Shapes of one example that layers are tried with. */
const exampleShapes = [[6], [4, 4, 2], [3, 4]]

const rows: Argument = [3, 4]
const labels: Argument = { shape: [3], below: 4 }

/** Arguments that a function of expressions is tried with, by how many it takes. */
const trials: Readonly<Record<number, readonly (readonly Argument[])[]>> = {
  1: [[rows], [[2, 4, 4, 2]]],
  2: [
    [rows, labels],
    [rows, rows],
  ],
}

const leafOf = (argument: Argument, i: number): Expr =>
  'below' in argument
    ? input(`x${i}`, argument.shape, 'i32')
    : input(`x${i}`, 'shape' in argument ? argument.shape : argument)

const builds = ({ f, args }: Checked): boolean => 'value' in attempt(() => f(...args.map(leafOf)))

/** The layer in the modes that differ, on examples of a shape that it takes; per context where it asks for contexts. */
const layerItem = (name: string, layer: LayerOf): Item | undefined => {
  for (const shape of exampleShapes) {
    const made = attempt(() => layer(shape))
    if (!('value' in made) || !isLayer(made.value)) continue
    const { kept, draws } = made.value
    const plain = { name: 'an evaluation', shape, layer }
    const cases: readonly LayerCase[] =
      kept === undefined && draws !== true ? [plain] : [plain, { ...plain, name: 'a training pass', training: true }]
    for (const contexts of [{}, { contexts: 1 }]) {
      const calls = cases.map((c) => layerCall({ ...c, ...contexts }))
      if (calls.every(builds)) return item(name, calls.map(differentiated))
    }
  }
  return undefined
}

const functionItem = (name: string, f: Differentiable): Item | Refusal => {
  let reason = `it takes ${f.length} arguments, of which nothing is known`
  for (const args of trials[f.length] ?? []) {
    const made = attempt(() => f(...args.map(leafOf)))
    if ('value' in made && isExpr(made.value)) return item(name, [differentiated({ name, f, args })])
    reason =
      'problem' in made
        ? `called with ${args.length === 1 ? 'one expression' : `${args.length} expressions`} it says: ${made.problem}`
        : 'it gives no expression'
  }
  return { problem: `${name}: a function that cannot be checked as it is: ${reason}` }
}

/** What an export is, by its shape. */
export const recognised = (name: string, value: unknown): Item | Refusal => {
  if (isPlugin(value)) return itemOf(name, { plugin: value })
  if (isNetwork(value)) return item(name, networkChecks(value))
  if (isStrategy(value)) return itemOf(name, { strategy: value })
  if (Array.isArray(value) && value.length > 0 && value.every(isStrategy))
    return item(
      name,
      value.flatMap((s) => strategyChecks(s.name, s)),
    )
  if (isObject(value) && 'name' in value && 'rights' in value)
    return { problem: `${name}: ${recordProblems([value]).join('; ')}` }
  if (isObject(value) && ['f', 'layer', 'strategy', 'plugin'].some((word) => word in value)) {
    const decoded = decodeWith(gradientCheck, value)
    return E.isLeft(decoded)
      ? { problem: `${name}: ${decoded.left.map(describe).join('; ')}` }
      : itemOf(name, decoded.right)
  }
  if (isDifferentiable(value)) return layerItem(name, tried(value)) ?? functionItem(name, value)
  return { problem: `${name}: ${shownKind(value)}, which is nothing that can be checked` }
}

// a function is taken for a layer only when what it gives for a shape is one: see `layerItem`
const isLayerFunction = (f: unknown): f is LayerOf => typeof f === 'function'
const tried = (f: Differentiable): LayerOf => {
  const any: unknown = f
  if (!isLayerFunction(any)) throw new Error('gradcheck: not a function')
  return any
}

const shownKind = (value: unknown): string =>
  Array.isArray(value)
    ? 'a list'
    : value === null || typeof value === 'undefined'
      ? String(value)
      : isObject(value)
        ? `a record of ${Object.keys(value).slice(0, 5).join(', ') || 'nothing'}`
        : `a ${typeof value}`

import * as E from 'fp-ts/lib/Either.js'
import { combine, conflicts, type Method } from '../strategy/method.js'
import { recordProblems } from '../strategy/record.js'
import type { AnyPlugin } from '../strategy/registry.js'
import type { Reveals } from '../stream/stream.js'
import { undeclared } from './declared.js'
import type { StrategyEntry } from './strategyEntry.js'

/** A method made from its entries; `merged`: it trains on all contexts at once. */
export interface Made {
  readonly method: Method
  readonly merged: boolean
}

/** Makes a method from decoded entries. Throws on a name or options that decoding would have refused. */
export const methodOf = (entries: readonly StrategyEntry[], plugins: readonly AnyPlugin[]): Made => {
  const parts = entries.map(({ name, ...raw }) => {
    const plugin = plugins.find((candidate) => candidate.name === name)
    if (plugin === undefined) throw new Error(`there is no strategy '${name}'`)
    const options = plugin.options.decode(raw)
    if (E.isLeft(options)) throw new Error(`the options of '${name}' do not decode`)
    const method = plugin.make(options.right)
    const problems = recordProblems(method)
    if (problems.length > 0) throw new Error(`make of '${name}' returned what is no method: ${problems.join('; ')}`)
    return { method, merged: plugin.stream === 'merged' }
  })
  return { method: combine(...parts.map(({ method }) => method)), merged: parts.some(({ merged }) => merged) }
}

/** Everything that keeps a method from running on a stream that reveals this: rights not granted, strategies that clash, names not declared. */
export const unfit = (method: Method, reveals: Reveals): readonly string[] => [
  ...method.flatMap(({ name, rights }) => {
    // who may revisit an experience sees where it ends
    const granted = { ...reveals, experience: reveals.boundary }
    const missing = (['boundary', 'context', 'testContext', 'experience'] as const).filter(
      (right) => rights[right] === true && !granted[right],
    )
    return missing.map(
      (right) =>
        `'${name}' needs ${facts[right]}, which the scenario hides (reveals.${right === 'experience' ? 'boundary' : right})`,
    )
  }),
  ...conflicts(method).map(({ slot, between: [a, b] }) =>
    slot === 'name'
      ? `'${a}' stands in it twice`
      : `'${a}' and '${b}' both replace the ${slot}; a method may have one that does`,
  ),
  ...undeclared(method),
]

const facts = {
  boundary: 'to know when one experience ends and the next begins',
  context: 'to know the context of each row in training',
  testContext: 'to know the context of each row at test',
  experience: 'to revisit the rows of the current experience',
} as const

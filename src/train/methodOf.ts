import * as E from 'fp-ts/lib/Either.js'
import { combine, type Conflict, conflicts, type Method } from '../strategy/method.js'
import { recordProblems } from '../strategy/record.js'
import type { AnyPlugin } from '../strategy/registry.js'
import type { Arrangement } from '../stream/arranged.js'
import type { Stream } from '../stream/stream.js'
import { undeclared } from './declared.js'
import type { StrategyEntry } from './strategyEntry.js'

/** A method made from its entries, and how it meets the stream. */
export interface Made {
  readonly method: Method
  readonly arrangement: Arrangement
}

/** Makes a method from decoded entries. Throws on a name or options that decoding would have refused, and where two want the stream differently. */
export const methodOf = (entries: readonly StrategyEntry[], plugins: readonly AnyPlugin[]): Made => {
  const parts = entries.map(({ name, ...raw }) => {
    const plugin = plugins.find((candidate) => candidate.name === name)
    if (plugin === undefined) throw new Error(`there is no strategy '${name}'`)
    const options = plugin.options.decode(raw)
    if (E.isLeft(options)) throw new Error(`the options of '${name}' do not decode`)
    const method = plugin.make(options.right)
    const problems = recordProblems(method)
    if (problems.length > 0) throw new Error(`make of '${name}' returned what is no method: ${problems.join('; ')}`)
    return { name, method, stream: plugin.stream }
  })
  const [first, ...others] = parts.filter(({ stream }) => stream !== undefined)
  const other = others.find(({ stream }) => stream !== first?.stream)
  if (first !== undefined && other !== undefined)
    throw new Error(`'${first.name}' meets a ${first.stream} stream and '${other.name}' a ${other.stream} one`)
  return { method: combine(...parts.map(({ method }) => method)), arrangement: first?.stream ?? 'separate' }
}

/** Everything that keeps a method from running on a stream: rights not granted, strategies that clash or refuse it, names not declared. */
export const unfit = (method: Method, { kind, outputs, contexts, experiences, reveals }: Facing): readonly string[] => [
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
  ...conflicts(method).map(({ slot, between: [a, b] }) => clash[slot](a, b)),
  ...method.flatMap(
    (s) =>
      s.refuse?.({
        kind,
        outputs,
        contexts: contexts.length,
        experiences: experiences.length,
        cumulative: experiences.some(({ context }, i) => i > 0 && context < 0),
      }) ?? [],
  ),
  ...undeclared(method),
]

type Facing = Pick<Stream, 'kind' | 'outputs' | 'contexts' | 'experiences' | 'reveals'>

const clash: Readonly<Record<Conflict['slot'], (a: string, b: string) => string>> = {
  name: (a) => `'${a}' stands in it twice`,
  loss: (a, b) => `'${a}' and '${b}' both replace the loss; a method may have one that does`,
  predict: (a, b) => `'${a}' and '${b}' both replace the prediction; a method may have one that does`,
  idle: (a, b) => `'${a}' does not train the network on the stream, so that there is nothing that '${b}' could change`,
}

const facts = {
  boundary: 'to know when one experience ends and the next begins',
  context: 'to know the context of each row in training',
  testContext: 'to know the context of each row at test',
  experience: 'to revisit the rows of the current experience',
} as const

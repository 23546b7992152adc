/** Finds, before anything runs, hooks that name what their strategy does not declare. */
import type { AnyStrategy } from '../strategy/anyStrategy.js'
import type { Method } from '../strategy/method.js'
import { unknownNames } from './names.js'
import type { Member } from './staged.js'

const inDraws = ({ strategy, step }: Member): readonly string[] => {
  const { name, rights, buffers = {} } = strategy
  const sources = [...Object.keys(buffers), ...(rights.experience === true ? ['experience'] : [])]
  return Object.entries(step.draws ?? {}).flatMap(([draw, d]) => {
    if (d === undefined) return []
    return d.from === 'experience' && rights.experience !== true
      ? [`strategy '${name}', draw '${draw}': drawing from 'experience' needs the right 'experience'`]
      : unknownNames(name, `draws.${draw}`, 'source', [d.from], sources)
  })
}

/** Phases at queries change nothing for good, and only who sees boundaries has a start. */
const inTriggers = ({ name, rights, phases = [] }: AnyStrategy): readonly string[] =>
  phases.flatMap(({ name: phase, when: { on }, keep }) => [
    ...((on === 'boundary' || on === 'start') && rights.boundary !== true
      ? [`strategy '${name}', phase '${phase}': a phase at boundaries needs the right 'boundary'`]
      : []),
    ...(on === 'query' && keep !== undefined
      ? [`strategy '${name}', phase '${phase}': a phase at queries works on a copy and may keep no rows`]
      : []),
  ])

const inMerges = ({ name, rights, merges = [], buffers = {} }: AnyStrategy): readonly string[] => [
  ...unknownNames(name, 'merges', 'buffer', merges, Object.keys(buffers)),
  ...(merges.length > 0 && (rights.boundary !== true || rights.experience !== true)
    ? [
        `strategy '${name}', 'merges': rows can be appended to an experience only with the rights 'boundary' and 'experience'`,
      ]
    : []),
]

const inKeeps = ({ strategy, step }: Member, wake: boolean): readonly string[] => {
  const { name, buffers = {} } = strategy
  const batches = [...(wake ? ['batch'] : []), ...Object.keys(step.draws ?? {})]
  return Object.entries(step.keep ?? {}).flatMap(([buffer, keep]) => [
    ...unknownNames(name, 'keep', 'buffer', [buffer], Object.keys(buffers)),
    ...(keep === undefined ? [] : unknownNames(name, `keep.${buffer}`, 'batch', [String(keep.from)], batches)),
  ])
}

/** Whether it is a number of steps. */
export const isSteps = (steps: number): boolean => Number.isSafeInteger(steps) && steps >= 0

const inStrategy = (strategy: AnyStrategy): readonly string[] => {
  const { name, tensors = {}, statistics = {}, phases = [] } = strategy
  const wake = { strategy, step: strategy }
  return [
    ...inDraws(wake),
    ...inKeeps(wake, true),
    ...inTriggers(strategy),
    ...inMerges(strategy),
    ...phases.flatMap((phase) => [
      ...inDraws({ strategy, step: phase }),
      ...inKeeps({ strategy, step: phase }, false),
      ...unknownNames(name, `phase ${phase.name}`, 'fresh tensor', phase.fresh ?? [], [
        ...Object.keys(tensors),
        ...Object.keys(statistics),
      ]),
      ...(typeof phase.steps === 'number' && !isSteps(phase.steps) ? [badSteps(name, phase.name, phase.steps)] : []),
    ]),
  ]
}

/** The message about steps that are no number of steps. */
export const badSteps = (strategy: string, phase: string, steps: number): string =>
  `strategy '${strategy}', phase '${phase}': 'steps' must be a whole number of at least 0, it is ${steps}`

/** Everything that the hooks of a method name and its strategies do not declare. */
export const undeclared = (method: Method): readonly string[] => method.flatMap(inStrategy)

/** Throws on names that are not declared, with all of them. */
export const checkDeclared = (method: Method): void => {
  const problems = undeclared(method)
  if (problems.length > 0) throw new Error(problems.join('\n'))
}

import { type RunName, nameOf } from '../shell/event.js'
import type { Finding, Origin, When } from '../train/finding.js'

/** Doings of the engine in words; phases are called by their names. */
const doings = new Map([
  ['train', 'training in'],
  ['evaluate', 'the evaluation after'],
  ['measure', 'measuring transfer in'],
])

const momentOf = ({ experience, during, step }: When): string =>
  `${doings.get(during) ?? `${during} in`} experience ${experience + 1}${step === null ? '' : `, step ${step}`}`

const sameMoment = (a: When, b: When): boolean =>
  a.experience === b.experience && a.during === b.during && a.step === b.step

const shapeText = ({ shape, element }: Origin): string =>
  shape.length === 0 ? 'a scalar' : `[${shape.join(', ')}], first at ${element}`

/** Whether the value was there before the step: then there is no operation to blame. */
const isGiven = ({ operation }: Origin): boolean => operation === 'block' || operation === 'input'

/** What the arguments hold, each once: both sides of a square are one, and a number speaks for itself. */
const holdLines = ({ holds }: Origin): readonly string[] => [
  ...new Set(
    holds.flatMap(({ expression, value }) => (expression === value ? [] : [`    where ${expression} is ${value}`])),
  ),
]

const originLines = (origin: Origin, when: When): readonly string[] => {
  const { operation, part, expression, infinity } = origin
  const time = sameMoment(origin.when, when) ? '' : `, ${momentOf(origin.when)}`
  const what = isGiven(origin)
    ? `${operation} ${expression} (${shapeText(origin)}), which held it before the step`
    : `${operation} (${shapeText(origin)}) in ${part}${time}`
  return [
    what,
    ...(isGiven(origin) ? [] : [`  ${expression}`]),
    ...holdLines(origin),
    ...(infinity === null
      ? []
      : originLines(infinity, origin.when).map((line, i) =>
          i === 0 ? `the infinity in it comes from ${line}` : line,
        )),
  ]
}

/** What `--debug-nan` found in a run, in several lines. */
export const findingText = (run: RunName, { kind, when, seen, origin }: Finding): string =>
  [
    `${nameOf(run)}: ${kind === 'NaN' ? 'a NaN' : 'an infinity'} in ${seen}, ${momentOf(when)}`,
    ...(origin === null
      ? [
          'the reference evaluator has none there: compiled code and reference differ, which is a bug unless arithmetic is fast',
        ]
      : originLines(origin, when).map((line, i) => (i === 0 ? `it comes from ${line}` : line))
    ).map((line) => `  ${line}`),
  ].join('\n')

/** What a failed check says. */
import type { Expr } from '../graph/expr.js'
import { phrase } from '../graph/phrase.js'
import { showShape, sizeOf, type Shape } from '../graph/shape.js'
import { shortest } from './counterexample.js'
import type { WrongRule } from './localise.js'
import type { Fault } from './options.js'
import type { Problem } from './problem.js'
import type { Shrunk } from './shrink.js'

/** Indices of an element by axis, `[1, 0]`, from its flat index. */
export const placeIn = (shape: Shape, flat: number): string => {
  let rest = flat
  const place: number[] = []
  for (const n of shape.toReversed()) {
    place.unshift(rest % n)
    rest = Math.floor(rest / n)
  }
  return `[${place.join(', ')}]`
}

/** A number in as many digits as tell it from `other`, at least 7. */
const digits = (x: number, other: number): string => {
  for (let n = 7; n < 17; n++)
    if (x.toPrecision(n) !== other.toPrecision(n)) return String(Number(x.toPrecision(n + 1)))
  return String(x)
}

/** As much of an expression as fits on a line. */
const inWords = (e: Expr): string => {
  let text = phrase(e, 3)
  for (let depth = 4; depth < 20; depth++) {
    const more = phrase(e, depth)
    if (more.length > 120) break
    text = more
  }
  return text
}

const plain = (x: number): string => (Number.isFinite(x) ? String(Number(x.toPrecision(3))) : String(x))

const headline = ({ check, kind, claim }: Fault, name: string): string => {
  if (kind === 'failed')
    return check === 'finite'
      ? `the gradient of ${name} cannot be taken`
      : `the ${check} check of ${name} cannot be made`
  if (kind === 'not finite') return `${name} or its derivative is no number: ${claim}, but it is not`
  if (kind === 'unsettled') return `differences cannot tell whether the gradient of ${name} is right`
  if (check === 'precision') return `${name} is computed wrongly: ${claim}`
  return `the gradient of ${name} is wrong: ${claim}`
}

const argumentText = (
  { variables, env }: Problem,
  { argument, entry }: Fault,
): readonly (readonly [string, string])[] => {
  const variable = variables.find((v) => v.argument === argument)
  if (variable === undefined) return []
  const { shape } = variable.leaf
  const given = env[variable.name] ?? []
  const value = typeof given === 'number' ? given : given[entry]
  const at =
    entry < 0
      ? 'all entries, along a random direction'
      : `entry ${placeIn(shape, entry)}${value === undefined ? '' : ` = ${shortest(value)}`}`
  return [['argument', `${argument} \`${variable.name}\` ${showShape(shape)}, ${at}`]]
}

const numbers = ({ kind, got, want, tolerance, reason }: Fault): readonly (readonly [string, string])[] => {
  if (kind === 'failed') return [['reason', reason]]
  if (kind === 'not finite') {
    const bad = Number.isFinite(got[1]) ? want : got
    return [
      [bad[0], String(bad[1])],
      ['reason', reason],
    ]
  }
  const apart = Math.abs(got[1] - want[1])
  return [
    [got[0], digits(got[1], want[1])],
    [want[0], digits(want[1], got[1])],
    ...(kind === 'unsettled'
      ? ([
          ['uncertainty', plain(tolerance)],
          ['reason', reason],
        ] as const)
      : ([
          ['apart by', plain(apart)],
          ['allowed', `${plain(tolerance)}: ${reason}`],
        ] as const)),
  ]
}

/** What the message is made from. */
export interface Failure {
  readonly name: string
  readonly problem: Problem
  readonly fault: Fault
  readonly seed: number
  readonly rule: WrongRule | undefined
  readonly declared: readonly string[]
  readonly shrunk: Shrunk
  readonly code: string
  /** Checks that failed beside this one. */
  readonly others: readonly Fault[]
}

/** The whole message. */
export const message = ({ name, problem, fault, seed, rule, declared, shrunk, code, others }: Failure): string => {
  const output = problem.outputs[fault.output]
  const expressions = output === undefined ? problem.outputs : [output]
  const lines: readonly (readonly [string, string])[] = [
    ...expressions
      .slice(0, 3)
      .map(({ name: what, value }) => ['expression', `${inWords(value)} ${showShape(value.shape)} (${what})`] as const),
    ...argumentText(problem, fault),
    ...numbers(fault),
    ...(rule === undefined
      ? fault.kind === 'mismatch'
        ? ([['wrong rule', 'none found: every node of the graph has the right derivative by itself']] as const)
        : []
      : ([[fault.kind === 'not finite' ? 'arises in' : 'wrong rule', `${rule.rule}, in ${rule.node}`]] as const)),
    ...(declared.length === 0 || fault.check === 'finite'
      ? []
      : ([['declared', `${declared.join(', ')} on the way: their derivative is what they declare`]] as const)),
    ...(others.length === 0 ? [] : ([['also failed', others.map((f) => f.check).join(', ')]] as const)),
    ['seed', String(seed)],
  ]
  const width = Math.max(...lines.map(([head]) => head.length))
  const elements = shrunk.args.reduce((n, { shape }) => n + sizeOf(shape), 0)
  const there = shrunk.fault
  return [
    `checkGradients: ${headline(fault, name)}`,
    '',
    ...lines.map(([head, text]) => `  ${head.padEnd(width)}  ${text}`),
    '',
    `The smallest counterexample found has ${elements} ${elements === 1 ? 'number' : 'numbers'} (${shrunk.tries} tries); it fails in the same way in a test:`,
    '',
    ...code.split('\n').map((line) => (line === '' ? '' : `  ${line}`)),
    '',
    ...(there.kind === 'failed' || there.kind === 'not finite'
      ? []
      : [
          `There ${there.got[0]} gives ${digits(there.got[1], there.want[1])}, ${there.want[0]} ${digits(there.want[1], there.got[1])}.`,
        ]),
  ].join('\n')
}

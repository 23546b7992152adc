import type * as t from 'io-ts'

/** One thing wrong with a value: where, what would be right, what was there, and what was probably meant. */
export interface Problem {
  /** Such as `methods[1].strategies[0].lambda`; empty for the whole value. */
  readonly path: string
  readonly expected: string
  readonly got: string
  readonly hint?: string
}

/** A value as it is shown in messages: JSON, NaN and infinities by name, cut at 60 characters. */
export const shown = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  if (typeof value === 'number') return String(value)
  if (typeof value === 'function') return 'a function'
  let json: string | undefined
  try {
    json = JSON.stringify(value)
  } catch {
    json = undefined
  }
  const whole = json ?? String(value)
  return whole.length > 60 ? `${whole.slice(0, 57)}...` : whole
}

const isUnion = (type: t.Decoder<unknown, unknown>): boolean =>
  '_tag' in type && (type._tag === 'UnionType' || type._tag === 'IntersectionType')

const pathOf = (context: t.Context): string => {
  let path = ''
  context.forEach(({ key }, i) => {
    const parent = context[i - 1]
    // the branch numbers of unions and intersections are no part of the value
    if (key === '' || (parent !== undefined && isUnion(parent.type))) return
    if (/^\d+$/.test(key) && Array.isArray(parent?.actual)) path += `[${key}]`
    else path += path === '' ? key : `.${key}`
  })
  return path
}

const problemOf = ({ context, value, message }: t.ValidationError): Problem => {
  const leaf = context[context.length - 1]
  const path = pathOf(context)
  const expected = leaf?.type.name ?? 'something else'
  const unknown = leaf !== undefined && 'mark' in leaf.type && leaf.type.mark === 'unknown key'
  const got = unknown ? `unknown key '${leaf.key}'` : shown(value)
  return message === undefined ? { path, expected, got } : { path, expected, got, hint: `did you mean '${message}'?` }
}

/** io-ts errors as problems; the branches of an untagged union are merged into one ("a or b"). */
export const problems = (errors: t.Errors): readonly Problem[] => {
  const merged = new Map<string, Problem>()
  for (const error of errors) {
    const problem = problemOf(error)
    const place = `${problem.path}\n${problem.got}`
    const before = merged.get(place)
    const differs = before !== undefined && before.expected !== problem.expected
    merged.set(
      place,
      differs ? { ...before, expected: `${before.expected} or ${problem.expected}` } : (before ?? problem),
    )
  }
  return [...merged.values()]
}

/** One line of text: `a.lamda: expected one of the keys 'lambda', got unknown key 'lamda'; did you mean 'lambda'?` */
export const describe = ({ path, expected, got, hint }: Problem): string => {
  const where = path === '' ? '' : `${path}: `
  const what = got.startsWith('unknown key ') ? got : `expected ${expected}, got ${got}`
  const known = got.startsWith('unknown key ') && hint === undefined ? ` (expected ${expected})` : ''
  return `${where}${what}${known}${hint === undefined ? '' : `; ${hint}`}`
}

/** Options of constructors: everything that is wrong with a record is said at once, and unknown names come with the known ones. */

/** What is asked of an option, in words that follow "must be", and whether a value is that. */
export interface Rule {
  readonly expected: string
  readonly accepts: (value: unknown) => boolean
  /** The option may be left out. */
  readonly optional?: true
  /** Of an accepted value that is a record: the rules of its options, whose problems are said with the others. */
  readonly inside?: (value: unknown) => Rules
}

/** Rules of a record, by option. */
export type Rules = Readonly<Record<string, Rule>>

const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

/** A whole number from `low`. */
export const wholeFrom = (low: number): Rule => ({
  expected: `a whole number from ${low}`,
  accepts: (v) => Number.isSafeInteger(v) && Number(v) >= low,
})

/** A number of steps: whole, from 1, and no more than f32 counts exactly. */
export const wholeSteps: Rule = {
  expected: 'a whole number from 1 to 2^24',
  accepts: (v) => isNumber(v) && Number.isInteger(v) && v >= 1 && v <= 2 ** 24,
}

/** A finite number. */
export const finite: Rule = { expected: 'a finite number', accepts: isNumber }

/** A finite number above 0. */
export const positive: Rule = { expected: 'a finite number above 0', accepts: (v) => isNumber(v) && v > 0 }

/** A finite number from 0. */
export const nonNegative: Rule = { expected: 'a finite number from 0', accepts: (v) => isNumber(v) && v >= 0 }

/** A number from 0, below 1. */
export const belowOne: Rule = { expected: 'a number from 0, below 1', accepts: (v) => isNumber(v) && v >= 0 && v < 1 }

/** A number from 0 to 1. */
export const fraction: Rule = { expected: 'a number from 0 to 1', accepts: (v) => isNumber(v) && v >= 0 && v <= 1 }

/** A function, such as a layer that is still to be told the shape of its examples. */
export const callable: Rule = { expected: 'a function', accepts: (v) => typeof v === 'function' }

/** An expression; its shape is looked at elsewhere. */
export const expression: Rule = {
  expected: 'an expression',
  accepts: (v) => isRecord(v) && 'op' in v && 'shape' in v,
}

/** `true` or `false`. */
export const flag: Rule = { expected: 'true or false', accepts: (v) => typeof v === 'boolean' }

/** One of the names. */
export const oneOfNames = (names: readonly string[]): Rule => ({
  expected: `one of ${names.join(', ')}`,
  accepts: (v) => typeof v === 'string' && names.includes(v),
})

/** A list whose members all follow the rule. */
export const listOf = ({ expected, accepts }: Rule): Rule => ({
  expected: `a list, every member ${expected}`,
  accepts: (v) => Array.isArray(v) && v.every(accepts),
})

/** What the rule says, or left out. */
export const optional = (rule: Rule): Rule => ({ ...rule, optional: true })

/** A record whose options follow rules of their own, which are also what it is called in messages. */
export const recordOf = (rules: Rules): Rule => ({
  expected: `{ ${Object.keys(rules).join(', ')} }`,
  accepts: isRecord,
  inside: () => rules,
})

/**
 * Rules of a record whose option `tag` says which kind it is, with those of its kind. Where there is no such kind, what any of them
 * takes is no further problem.
 */
export const rulesByKind = (options: unknown, tag: string, kinds: Readonly<Record<string, Rules>>): Rules => {
  const name = isRecord(options) ? new Map<string, unknown>(Object.entries(options)).get(tag) : undefined
  const own = typeof name === 'string' && Object.hasOwn(kinds, name) ? kinds[name] : undefined
  const any: Rules = Object.fromEntries(Object.values(kinds).flatMap((rules) => Object.entries(rules)))
  return { [tag]: oneOfNames(Object.keys(kinds)), ...(own ?? any) }
}

const show = (value: unknown): string => {
  if (typeof value === 'string') return `'${value}'`
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? 'a function' : String(value)
  return `a record of ${Object.keys(value).join(', ')}`
}

const problemsOf = (options: object, rules: Rules, path = ''): readonly string[] => {
  const known = Object.keys(rules)
  const given = new Map<string, unknown>(Object.entries(options))
  return [
    ...Object.entries(rules).flatMap(([name, rule]) => {
      const value = given.get(name)
      if (rule.optional === true && value === undefined) return []
      if (!rule.accepts(value)) return [`${path}${name} must be ${rule.expected}, got ${show(value)}`]
      return rule.inside !== undefined && isRecord(value)
        ? problemsOf(value, rule.inside(value), `${path}${name}.`)
        : []
    }),
    ...[...given.keys()]
      .filter((name) => !known.includes(name))
      .map((name) => `no option '${path}${name}', known: ${known.join(', ')}`),
  ]
}

/**
 * Throws unless `options` is a record in which every option follows its rule and there are no others:
 * `dense: units must be a whole number from 1, got 0; no option 'unit', known: units, initialiser`.
 */
export const assertOptions = (who: string, options: unknown, rules: Rules): void => {
  if (!isRecord(options))
    throw new Error(`${who}: expected a record of options (${Object.keys(rules).join(', ')}), got ${show(options)}`)
  const problems = problemsOf(options, rules)
  if (problems.length > 0) throw new Error(`${who}: ${problems.join('; ')}`)
}

/** Throws unless the one argument of a constructor follows the rule: `maxPool: size must be a whole number from 1, got 0`. */
export const assertArgument = (who: string, name: string, value: unknown, rule: Rule): void =>
  assertOptions(who, { [name]: value }, { [name]: rule })

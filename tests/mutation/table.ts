/** The committed table of mutants. */
import { type Equivalent, equivalents } from './equivalent.js'
import { faultKinds } from './faults.js'
import { type Mutant, ruleNames } from './mutants.js'

/** How lists name a mutant. */
export const idOf = ({ primitive, rule, name }: Mutant): string => `${primitive} ${rule} ${name}`

/** Names of all mutants that are listed as equivalent. */
export const listed: ReadonlySet<string> = new Set(equivalents.flatMap((e: Equivalent) => e.mutants))

const count = (mutants: readonly Mutant[]): string => {
  const same = mutants.filter((m) => listed.has(idOf(m))).length
  const killed = mutants.length - same
  return mutants.length === 0 ? '' : same === 0 ? String(killed) : `${killed} (+${same})`
}

/** The table as Markdown: for each rule and kind of fault how many mutants are killed, and in brackets how many are equivalent. */
export const tableOf = (mutants: readonly Mutant[]): string => {
  const names = [...new Set(mutants.map((m) => m.primitive))]
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const rows = names.flatMap((primitive) =>
    ruleNames.flatMap((rule) => {
      const own = mutants.filter((m) => m.primitive === primitive && m.rule === rule)
      const kinds = faultKinds.map((kind) => count(own.filter((m) => m.kind === kind)))
      return own.length === 0 ? [] : [row([primitive, rule, ...kinds, count(own)])]
    }),
  )
  const total = faultKinds.map((kind) => count(mutants.filter((m) => m.kind === kind)))
  const reasons = equivalents.flatMap(({ reason, mutants: own }) => [`${reason}:`, '', ...own.map((m) => `- ${m}`), ''])
  return [
    '# Faults in derivative rules',
    '',
    'Made by `npm run gradients:mutate`. Every node of what a rule returns (inside the loops that it makes, too) is replaced by faulty',
    'ones, one at a time; the first-order checks of `checkGradients` (and, of a promise, that it has the value at its base, and off kinks',
    'the value nearby) run on random instances of the primitive, at smooth points and at kinks. Numbers: faults that are found; in',
    'brackets, faults that change nothing, listed below. None is left over.',
    '',
    row(['primitive', 'rule', ...faultKinds, 'all']),
    row([...faultKinds, '', '', ''].map(() => '---')),
    ...rows,
    row(['all', '', ...total, count(mutants)]),
    '',
    '## Faults that change nothing',
    '',
    ...reasons,
  ].join('\n')
}

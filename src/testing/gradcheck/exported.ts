/** What a module exports, as items to check. */
import * as E from 'fp-ts/lib/Either.js'
import { decodeWith } from '../../codec/decode.js'
import { describe } from '../../codec/problem.js'
import { gradientChecks } from './contract.js'
import type { Item } from './item.js'
import { itemOf, recognised, type Refusal } from './recognise.js'

/** What a file may export, for messages. */
export const mayExport: readonly string[] = [
  'export const checks = { name: { f: (x, w) => …, arguments: [[4, 3], [3, 2]] }, … }',
  '  with { f, arguments, options? }, { layer, shape }, { strategy } or { plugin, options }: then nothing else is looked at',
  'or strategies, methods, plugins whose options have defaults, layers, networks,',
  'and functions of one expression [3, 4] or of two (scores [3, 4] and labels [3], or two of [3, 4])',
]

const isRefusal = (made: Item | Refusal): made is Refusal => 'problem' in made

/**
 * Items of all exports. A module that exports `checks` says itself what is to be checked; of any other module every export is looked at.
 * Left: everything that is nothing to check, at once.
 */
export const exportedItems = (
  exported: Readonly<Record<string, unknown>>,
): E.Either<readonly string[], readonly Item[]> => {
  const { checks } = exported
  const made = (): readonly (Item | Refusal)[] => {
    if (checks === undefined) return Object.entries(exported).map(([name, value]) => recognised(name, value))
    const decoded = decodeWith(gradientChecks, checks)
    if (E.isLeft(decoded)) return decoded.left.map((problem) => ({ problem: `checks.${describe(problem)}` }))
    return Object.entries(decoded.right).map(([name, check]) => itemOf(name, check))
  }
  const all = made()
  if (all.length === 0)
    return E.left([checks === undefined ? 'it exports nothing' : 'checks: it names nothing to check'])
  const problems = all.filter(isRefusal).map(({ problem }) => problem)
  return problems.length > 0 ? E.left(problems) : E.right(all.filter((x): x is Item => !isRefusal(x)))
}

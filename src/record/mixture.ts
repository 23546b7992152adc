/** Results that were not made alike: between methods and seeds, nothing else of the configuration may differ. */
import { canonical } from './canonical.js'
import { differing } from './compare.js'
import type { Result } from './result.js'

type Named = Pick<Result, 'benchmark' | 'configuration'>

/** What all results of one folder must have in common: the name of the benchmark, and all but the method, its plugins and the seed. */
export const commonOf = ({ benchmark, configuration }: Named): Readonly<Record<string, unknown>> => {
  const { method: _m, plugins: _p, seed: _s, ...common } = configuration
  return { benchmark, ...common }
}

/** Where two results that stand in one folder differ but must not: paths such as `training.iterations`. */
export const uncommon = (a: Named, b: Named): readonly string[] => differing(commonOf(a), commonOf(b))

/** Where the groups differ, and the labels of each group of results that were made alike. */
export interface Mixture {
  readonly keys: readonly string[]
  readonly groups: readonly { readonly labels: readonly string[]; readonly first: Result }[]
}

/** The mixture that results are, or null where all were made alike. */
export const mixture = (results: readonly Result[]): Mixture | null => {
  const groups = new Map<string, Result[]>()
  for (const result of results) {
    const id = canonical(commonOf(result))
    groups.set(id, [...(groups.get(id) ?? []), result])
  }
  const [first, ...others] = [...groups.values()].map((members) => ({
    labels: [...new Set(members.map(({ label }) => label))],
    first: members[0]!,
  }))
  if (first === undefined || others.length === 0) return null
  const keys = [...new Set(others.flatMap((other) => uncommon(first.first, other.first)))]
  return { keys, groups: [first, ...others] }
}

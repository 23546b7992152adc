import { mixture } from '../record/mixture.js'
import type { Result } from '../record/result.js'
import { some } from './text.js'

/** Says of results that stand in one table but were not made alike where they differ and whose they are; null where all are alike. */
export const mixtureText = (results: readonly Result[]): string | null => {
  const found = mixture(results)
  if (found === null) return null
  const groups = found.groups.map(({ labels }) => some(labels)).join(' | ')
  return `these results were not made alike, do not compare their numbers: they differ in ${some(found.keys)} (${groups})`
}

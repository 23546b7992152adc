/** The bibliography of a set of runs: the sources of the strategies that they used. */
import type { Cite } from '../strategy/plugin.js'

/** The part of a plugin that a bibliography needs. */
export interface Cited {
  readonly name: string
  readonly sources: readonly Cite[]
}

/** One entry of a bibliography, as plain text. */
export interface Citation {
  readonly strategy: string
  readonly text: string
}

/** Sources of the named strategies, in the order of the names, without repetition. */
export const bibliography = (strategies: readonly string[], plugins: readonly Cited[]): readonly Citation[] =>
  [...new Set(strategies)].flatMap((strategy) =>
    plugins
      .filter(({ name }) => name === strategy)
      .flatMap(({ sources }) => sources)
      .map(({ paper, equation, variant }) => {
        // a dash stands for "no equation" in plugins
        const where = /^[-–—]?$/.test(equation.trim()) ? '' : `, ${equation}`
        const how = variant.trim() === '' ? '' : `; variant: ${variant}`
        return { strategy, text: `${paper}${where}${how}` }
      }),
  )

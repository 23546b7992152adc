/** How each method looks in every chart and table: one colour per method family, dashes and hollow points for its variants. */
import type { MethodRuns } from '../summary.js'

/** A method's look. Colours are CSS variables of the page, so that charts follow its light or dark scheme. */
export interface Look {
  readonly label: string
  readonly colour: string
  readonly dash: readonly number[]
  readonly shape: 'circle' | 'square' | 'triangle-up' | 'diamond'
  readonly filled: boolean
}

const HUES = 6

const shapes = ['circle', 'square', 'triangle-up', 'diamond'] as const
const dashes = [[], [6, 3], [2, 2], [8, 2, 2, 2]] as const

/** Baselines are grey: plain training, and training on everything at once (its matrix has one row). */
const isBaseline = ({ strategies, runs }: MethodRuns): boolean =>
  strategies.length === 0 || runs.every(({ experiences }) => experiences.every(({ context }) => context === -1))

/** Looks in the order of the methods. Methods with the same list of strategies share a colour. */
export const looks = (methods: readonly MethodRuns[]): readonly Look[] => {
  const families = new Map<string, number>()
  const members = new Map<string, number>()
  return methods.map((method) => {
    const baseline = isBaseline(method)
    const family = baseline ? 'baseline' : method.strategies.join('+')
    if (!baseline && !families.has(family)) families.set(family, families.size)
    const member = members.get(family) ?? 0
    members.set(family, member + 1)
    const hue = families.get(family) ?? 0
    return {
      label: method.label,
      colour: baseline ? 'var(--baseline)' : `var(--hue-${hue % HUES})`,
      dash: dashes[baseline ? (member + 2) % dashes.length : (member + Math.floor(hue / HUES)) % dashes.length] ?? [],
      shape: baseline ? 'diamond' : (shapes[hue % 3] ?? 'circle'),
      filled: member === 0,
    }
  })
}

/** What a reader of the table must know: why values are missing, and which runs were left out. */
import { canonical } from '../record/canonical.js'
import type { Result } from '../record/result.js'
import { absent, type Column } from './columns.js'
import { listed } from './format.js'
import type { MethodRuns } from './summary.js'

const undefinedNotes = (methods: readonly MethodRuns[], columns: readonly Column[]): readonly string[] =>
  methods.flatMap(({ label, complete }, m) => {
    // a method without a complete run has its own note
    if (complete.length === 0) return []
    const byReason = new Map<string, string[]>()
    for (const { metric, cells } of columns) {
      const found = cells[m]
      if (found?.kind !== 'undefined') continue
      byReason.set(found.reason, [...(byReason.get(found.reason) ?? []), metric.title])
    }
    return [...byReason].map(([reason, titles]) => `${label} has no ${listed(titles)}: ${reason}.`)
  })

const divergedNotes = (methods: readonly MethodRuns[]): readonly string[] =>
  methods
    .filter(({ diverged }) => diverged.length > 0)
    .map(({ label, runs, diverged }) => {
      const where = diverged.map(({ seed, status }) =>
        status.kind === 'diverged' ? `seed ${seed} in experience ${status.experience + 1}, step ${status.step}` : '',
      )
      return `${label}: ${diverged.length} of ${runs.length} runs diverged (${listed(where)}) and are counted, not averaged.`
    })

// the method's own configuration: what differs from seed to seed by design is left out
const settings = ({ configuration }: Result): string => {
  const { seed: _, ...rest } = configuration
  return canonical(rest)
}

const mixedNotes = (methods: readonly MethodRuns[]): readonly string[] =>
  methods
    .filter(({ runs }) => new Set(runs.map(settings)).size > 1)
    .map(({ label }) => `${label}: its seeds were not run with the same configuration.`)

const seedNotes = (methods: readonly MethodRuns[]): readonly string[] => {
  const sets = methods.map(({ runs }) => runs.map(({ seed }) => seed).join())
  return new Set(sets).size > 1 ? ['The methods were not all run with the same seeds.'] : []
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined

const isFast = ({ configuration: { training, method } }: Result): boolean =>
  field(field(method, 'training') ?? training, 'arithmetic') === 'fast'

const fastNotes = (methods: readonly MethodRuns[]): readonly string[] => {
  const fast = methods.filter(({ runs }) => runs.some(isFast)).map(({ label }) => label)
  return fast.length === 0
    ? []
    : [
        `${fast.length === methods.length ? 'All results are' : `${listed(fast)}:`} in fast arithmetic (fused multiply-add): their last bits depend on the processor.`,
      ]
}

/** Notes below a table, as sentences. */
export const notes = (methods: readonly MethodRuns[], columns: readonly Column[]): readonly string[] => [
  ...divergedNotes(methods),
  ...fastNotes(methods),
  ...mixedNotes(methods),
  ...seedNotes(methods),
  ...undefinedNotes(methods, columns),
  ...absent(methods).map(
    ({ metric, reason }) => `There is no ${metric.title} here. ${reason[0]?.toUpperCase()}${reason.slice(1)}.`,
  ),
]

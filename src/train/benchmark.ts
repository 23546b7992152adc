/**
 * The file of a benchmark: a grid of methods and seeds on one scenario. Decoding closes every object, resolves every
 * option, and reports all problems of the file at once. The plugins that a file may name are an argument.
 */
import type * as t from 'io-ts'
import { checked } from '../codec/checked.js'
import { closed } from '../codec/closed.js'
import { list } from '../codec/list.js'
import { count, natural } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { optional, withDefault } from '../codec/optional.js'
import { slug, text } from '../codec/text.js'
import { unique } from '../codec/unique.js'
import { expectations, unmeasurable } from './expected.js'
import { model } from './modelCodec.js'
import { optimiser } from './optimiserCodec.js'
import { type Options, strategyEntry } from './strategyEntry.js'

/**
 * Rows per step, and how long an experience is learned: so many steps (`iterations`; a last batch of a pass that is not full is dropped),
 * or so many passes over its rows (`epochs`; it is kept). `arithmetic`: absent, products and sums are rounded one by one and every
 * machine gives the same bits; `fast` fuses them where the processor can, which is other bits, and so another run.
 */
export const training = checked(
  closed('training', {
    batch: count,
    iterations: optional(count),
    epochs: optional(count),
    arithmetic: optional(oneOf(['fast'])),
  }),
  ({ iterations, epochs }) =>
    (iterations === undefined) === (epochs === undefined)
      ? [
          iterations === undefined
            ? { at: ['iterations'], expected: "a count, or 'epochs' in its place" }
            : { at: ['epochs'], expected: "no 'epochs' beside 'iterations'" },
        ]
      : [],
)

const method = (plugins: readonly Options[]) =>
  closed('a method', {
    label: slug,
    strategies: list(strategyEntry(plugins)),
    // absent: those of the file
    optimiser: optional(optimiser),
    training: optional(training),
  })

const differentSeeds = { keyOf: String, expected: 'every seed once' }

const differentLabels = {
  keyOf: (entry: unknown) => {
    const label = typeof entry === 'object' && entry !== null && 'label' in entry ? entry.label : undefined
    return typeof label === 'string' ? label.toLowerCase() : undefined
  },
  at: 'label',
  expected: 'a label that no other method has (folders may ignore case)',
}

/** The codec of benchmark files that may use these plugins. */
export const benchmark = (plugins: readonly Options[]) =>
  checked(
    closed('a benchmark', {
      name: slug,
      title: text,
      scenario: text,
      fallback: optional(closed('a fallback', { name: slug, title: text, scenario: text })),
      model,
      optimiser,
      training,
      measure: withDefault(list(oneOf(['transfer', 'within-context'])), []),
      seeds: unique(list(natural, { min: 1 }), differentSeeds),
      plugins: withDefault(list(text), []),
      methods: unique(list(method(plugins), { min: 1 }), differentLabels),
      // published figures, for `engram verify-published`; not part of any run
      expected: optional(expectations),
    }),
    ({ methods, measure, expected = [] }) =>
      unmeasurable(
        expected,
        methods.map(({ label }) => label),
        measure,
      ),
  )

/** A decoded benchmark: complete, every option resolved. */
export type Benchmark = t.TypeOf<ReturnType<typeof benchmark>>

/** One entry of the methods of a benchmark. */
export type MethodEntry = Benchmark['methods'][number]

/** The plugin files that a raw benchmark names, for loading them before the whole file is decoded. */
export const pluginFiles = (raw: unknown): readonly string[] => {
  const named = typeof raw === 'object' && raw !== null && 'plugins' in raw ? raw.plugins : []
  return Array.isArray(named) ? named.filter((name) => typeof name === 'string') : []
}

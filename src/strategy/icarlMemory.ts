/**
 * The rows that iCaRL holds: of each class its quota, chosen by herding when an experience ends, in that order, so that a class keeps its
 * best rows when its quota shrinks.
 */
import * as t from 'io-ts'
import { closed } from '../codec/closed.js'
import { count, natural, positive } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { withDefault } from '../codec/optional.js'
import { beyond } from '../memory/beyond.js'
import { groups } from '../memory/groups.js'
import { herding, herdingMacs, meanRow } from '../memory/herding.js'
import { unitRows } from '../memory/unitRows.js'
import type { Rows } from './rows.js'
import type { Uses } from './slots.js'
import type { Phase } from './strategy.js'

/** Options of the plugin `icarl`. */
export const icarlOptions = closed('options of icarl', {
  /** Rows held in all, at most. */
  capacity: natural,
  /** Rows of each class. `shared`: capacity / classes so far, rounded down, and so fewer with every new class; `fixed`: `perClass`. */
  quota: withDefault(oneOf(['shared', 'fixed']), 'shared'),
  /** Rows of each class, for `quota: fixed`. */
  perClass: withDefault(count, 100),
  /** The loss over the outputs of a row, those so far: their mean, or their sum. Over rows it is the mean. */
  reduction: withDefault(oneOf(['mean', 'sum']), 'mean'),
  /** T: past outputs have the target sigmoid(logits of the old network / T). */
  temperature: withDefault(positive, 1),
  /** Features scaled to length 1, for herding and for classifying, and their means as well. */
  normalise: withDefault(oneOf(['on', 'off']), 'on'),
  /** `halved`: mean of the first `chunk` rows of a class, then the mean of that and of the next chunk's mean, and so on. */
  means: withDefault(oneOf(['exact', 'halved']), 'exact'),
  /** Rows of a chunk, for `means: halved`. */
  chunk: withDefault(count, 10),
  /**
   * What is learned of the rows held: the rows `as stored`, or `truncated`: a pixel of 255 is learned as 1, any other as 0, so that they
   * are all but black. This is how the code of Buzzega et al. merges rows of MNIST: it turns numbers in [0, 1] into bytes.
   */
  rehearsed: withDefault(oneOf(['as stored', 'truncated']), 'as stored'),
  /** Rows per step where features are computed. */
  batch: withDefault(count, 128),
})

/** Options of `icarl`. */
export type IcarlOptions = t.TypeOf<typeof icarlOptions>

/** Codec of what the host knows at a boundary. */
export const host = t.type({
  /** Of the rows of the finished experience, in order: [rows x features], step by step, each step with room for `batch` rows. */
  features: t.readonlyArray(t.readonlyArray(t.number)),
  labels: t.readonlyArray(t.number),
  /** Numbers of the rows to hold, among those of the finished experience: class by class, in the order of herding. */
  chosen: t.readonlyArray(t.number),
})

type Host = t.TypeOf<typeof host>

/** What the host knows between experiences. */
export const nothing: Host = { features: [], labels: [], chosen: [] }

/** All names of the strategy. */
export type Icarl = Uses<{
  rights: 'boundary' | 'experience'
  tensors: 'old' | 'means' | 'held'
  buffers: { memory: never }
  draws: { finished: 'experience'; chosen: 'experience'; stored: 'memory' }
  feeds: 'shares'
  emits: 'features'
  host: Host
}>

/** Whole numbers from `from`, below `to`. */
export const between = (from: number, to: number): Int32Array =>
  Int32Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)

/** Slots of the rows that the finished experience brought itself: without those that were merged into it. */
const ownRows = (from: Rows<Icarl>, finished: number): Int32Array =>
  between(0, from.size).filter((i) => from.experiences[i] === finished - 1)

/** Rows of each class, of those with these labels. */
const quotaOf = (o: IcarlOptions, ...labels: readonly ArrayLike<number>[]): number =>
  o.quota === 'fixed' ? o.perClass : Math.floor(o.capacity / new Set(labels.flatMap((some) => Array.from(some))).size)

/** Collects the features of the finished experience. */
const features = (o: IcarlOptions): Phase<Icarl> => ({
  name: 'features',
  when: { on: 'boundary' },
  // merged rows count here and are passed over below: the last steps may find no row
  steps: (sizes) => Math.ceil(sizes.experience / o.batch),
  draws: {
    finished: {
      from: 'experience',
      rows: o.batch,
      pick: (from, at) => ownRows(from, at.experience).subarray(at.index * o.batch, (at.index + 1) * o.batch),
    },
  },
  commit: (c) => {
    const rows = c.batches.finished
    return rows === undefined ? {} : { emits: { features: c.network.apply(c.params, rows.x).features } }
  },
  observe: (before, { drawn, emits }) =>
    drawn.finished === undefined || emits.features === undefined
      ? before
      : {
          ...before,
          features: [...before.features, Array.from(emits.features)],
          labels: [...before.labels, ...drawn.finished.labels],
        },
})

/** Rows of one class among the collected features, [rows x features]. */
const gathered = (o: IcarlOptions, { features }: Host, rows: Int32Array): Float64Array => {
  const width = (features[0]?.length ?? 0) / o.batch
  const found = new Float64Array(rows.length * width)
  rows.forEach((row, i) => {
    const from = (row % o.batch) * width
    found.set(features[Math.floor(row / o.batch)]?.slice(from, from + width) ?? [], i * width)
  })
  return o.normalise === 'on' ? unitRows(found, rows.length, width) : found
}

const herded = (o: IcarlOptions, found: Host, quota: number): readonly number[] =>
  [...groups(Int32Array.from(found.labels)).values()].flatMap((rows) => {
    const own = gathered(o, found, rows)
    const width = own.length / rows.length
    const mean = meanRow(own, rows.length, width)
    const aim = o.normalise === 'on' ? unitRows(mean, 1, width) : mean
    return [...herding(own, rows.length, width, quota, aim)].map((i) => rows[i]!)
  })

/** Chooses rows of the finished experience, and forgets its features. */
const choose = (o: IcarlOptions): Phase<Icarl> => ({
  name: 'choose',
  when: { on: 'boundary' },
  steps: 1,
  hostMacs: ({ host: { features: found, labels }, buffers }) => {
    const width = (found[0]?.length ?? 0) / o.batch
    const quota = quotaOf(o, buffers.memory.labels, labels)
    const sizes = [...groups(Int32Array.from(labels)).values()].map((rows) => rows.length)
    return sizes.reduce((macs, size) => macs + herdingMacs(size, width, quota), 0)
  },
  observe: (found, { buffers }) => ({
    ...nothing,
    chosen: herded(o, found, quotaOf(o, buffers.memory.labels, found.labels)),
  }),
})

/** Past classes give up what is beyond their quota; the chosen rows go behind what they keep. */
const hold = (o: IcarlOptions): Phase<Icarl> => ({
  name: 'hold',
  when: { on: 'boundary' },
  steps: 1,
  draws: {
    chosen: {
      from: 'experience',
      rows: Math.max(1, o.capacity),
      pick: (from, { host: { chosen }, experience }) => {
        const own = ownRows(from, experience)
        return Int32Array.from(chosen, (i) => own[i]!)
      },
    },
  },
  keep: {
    memory: {
      from: 'chosen',
      admit: (buffer, incoming) => {
        const drop = beyond(buffer.labels, quotaOf(o, buffer.labels, incoming.labels))
        const kept = buffer.size - drop.length
        return { drop, slots: between(kept, kept + incoming.size), take: between(0, incoming.size) }
      },
    },
  },
  observe: () => nothing,
})

/** At the boundary: features of the finished experience, a choice among its rows, and the rows held. */
export const rememberRows = (o: IcarlOptions): readonly Phase<Icarl>[] => [features(o), choose(o), hold(o)]

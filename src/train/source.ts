/** Rows that batches can be made of: pixels in a resident u8 table, and what the host knows of each row. */
import type { Store } from '../compile/store.js'
import type { AnyRows, AnyStrategy } from '../strategy/anyStrategy.js'

/** Changed only by the engine; strategies see it through `rowsFor`. */
export interface Source {
  /** `experience`, or `strategy/buffer`. */
  readonly name: string
  /** Block of the pixels, [capacity, inputs]. */
  readonly block: string
  readonly capacity: number
  /** Rows held. */
  size: number
  /** Of these the last ones, which buffers lent to the experience; none in a buffer. */
  merged: number
  /** Rows offered to a buffer at their first presentation. */
  seen: number
  /** The same by label; labels without an entry: none. */
  readonly seenOf: number[]
  readonly labels: Int32Array
  readonly contexts: Int32Array
  readonly experiences: Int32Array
  /** 1 until a row has been presented. */
  readonly first: Uint8Array
  /** Extra columns, by name: block and numbers per row. */
  readonly columns: Readonly<Record<string, { readonly block: string; readonly width: number }>>
  /** Counts changes of the rows. */
  version: number
  /** What each strategy sees of the rows, by its name. */
  readonly views: Map<string, View>
}

type Arrays = Pick<AnyRows, 'labels' | 'first' | 'experiences' | 'contexts'>

/** Copies, so that a strategy that writes into what it sees changes neither the training nor what another one sees. */
interface View {
  /** Of the source when they were made. */
  version: number
  /** As long as the capacity. */
  readonly whole: Arrays
  /** Cut to the rows held. */
  cut: Arrays
}

/** An empty source with its blocks. A capacity of 0 has no blocks. */
export const createSource = (
  store: Store,
  name: string,
  capacity: number,
  inputs: number,
  widths: Readonly<Record<string, number>>,
): Source => {
  const block = `${name}/x`
  if (capacity > 0) store.block(block, [capacity, inputs], 'u8')
  const columns = Object.fromEntries(
    Object.entries(widths).map(([column, width]) => [column, { block: `${name}/column/${column}`, width }]),
  )
  if (capacity > 0) for (const c of Object.values(columns)) store.block(c.block, [capacity, c.width], 'f32')
  return {
    name,
    block,
    capacity,
    size: 0,
    merged: 0,
    seen: 0,
    seenOf: [],
    labels: new Int32Array(capacity),
    contexts: new Int32Array(capacity),
    experiences: new Int32Array(capacity),
    first: new Uint8Array(capacity),
    columns,
    version: 0,
    views: new Map(),
  }
}

const cutTo = (size: number, { labels, first, experiences, contexts }: Arrays): Arrays => ({
  labels: labels.subarray(0, size),
  first: first.subarray(0, size),
  ...(experiences === undefined ? {} : { experiences: experiences.subarray(0, size) }),
  ...(contexts === undefined ? {} : { contexts: contexts.subarray(0, size) }),
})

/** Only what the rights grant is copied, and only after a change; memory is taken once. */
const viewOf = (s: Source, { name, rights }: Seer, size: number): Arrays => {
  let view = s.views.get(name)
  if (view === undefined) {
    const whole = {
      labels: new Int32Array(s.capacity),
      first: new Uint8Array(s.capacity),
      ...(rights.boundary === true ? { experiences: new Int32Array(s.capacity) } : {}),
      ...(rights.context === true ? { contexts: new Int32Array(s.capacity) } : {}),
    }
    view = { version: -1, whole, cut: whole }
    s.views.set(name, view)
  }
  if (view.version === s.version) return view.cut
  const { whole } = view
  whole.labels.set(s.labels.subarray(0, size))
  whole.first.set(s.first.subarray(0, size))
  whole.experiences?.set(s.experiences.subarray(0, size))
  whole.contexts?.set(s.contexts.subarray(0, size))
  view.cut = cutTo(size, whole)
  view.version = s.version
  return view.cut
}

type Seer = Pick<AnyStrategy, 'name' | 'rights' | 'merges'>

/** Rows that a strategy sees: those merged into an experience are for strategies that merge, others revisit what the stream brought. */
export const sizeFor = ({ size, merged }: Source, { merges = [] }: Pick<Seer, 'merges'>): number =>
  merges.length > 0 ? size : size - merged

/** What a strategy may know of these rows. */
export const rowsFor = (s: Source, strategy: Seer): AnyRows => {
  const size = sizeFor(s, strategy)
  return { size, seen: s.seen, ...viewOf(s, strategy, size) }
}

/** Rows of a batch on their way into a buffer. Pixels go from table to table; the host moves labels only. */
import type { Program } from '../compile/program.js'
import type { AnyRows, AnyStrategy } from '../strategy/anyStrategy.js'
import type { Writes } from '../strategy/rows.js'
import type { BatchFeed } from './batch.js'
import type { Source } from './source.js'
import type { World } from './world.js'

/** A batch as it was fed, with the number of its rows that are no padding. */
export interface Offered {
  readonly source: Source
  readonly feed: BatchFeed
  readonly size: number
}

/** What a strategy may know of the rows of a batch. */
export const offeredRows = ({ source, feed, size }: Offered, { boundary, context }: AnyStrategy['rights']): AnyRows => {
  const first = new Uint8Array(size)
  for (let i = 0; i < size; i++) first[i] = source.first[feed.slots[i]!]!
  return {
    size,
    // not the size of the source: that would tell experiences apart
    seen: size,
    labels: feed.labels.slice(0, size),
    first,
    ...(boundary === true
      ? { experiences: Int32Array.from(first, (_, i) => source.experiences[feed.slots[i]!]!) }
      : {}),
    ...(context === true ? { contexts: feed.contexts.slice(0, size) } : {}),
  }
}

/** No rows: what a phase's `observe` sees as incoming. */
export const noRows: AnyRows = { size: 0, seen: 0, labels: new Int32Array(0), first: new Uint8Array(0) }

/** Empties slots, ascending; later rows move down in their order. Throws on slots that hold no row or are out of order. */
const compact = (w: World, buffer: Source, drop: Int32Array): void => {
  let next = 0
  let to = 0
  for (let from = 0; from < buffer.size; from++) {
    if (drop[next] === from) {
      next++
      continue
    }
    if (to !== from) {
      w.store.copyRows(buffer.block, from, buffer.block, to)
      for (const { block } of Object.values(buffer.columns)) w.store.copyRows(block, from, block, to)
      for (const column of ['labels', 'contexts', 'experiences'] as const) buffer[column][to] = buffer[column][from]!
    }
    to++
  }
  if (next !== drop.length)
    throw new Error(
      `buffer '${buffer.name}' of ${buffer.size} rows: slots to drop must be held and ascending, got ${drop.join(', ')}`,
    )
  buffer.size = to
  buffer.version++
}

/** Drops and writes the admitted rows, their labels and the columns that the step computed for them. Throws on slots out of order. */
export const admit = (
  w: World,
  buffer: Source,
  { source, feed, size }: Offered,
  writes: Writes,
  program: Program | null,
): void => {
  const { slots, take, drop } = writes
  for (let i = 0; i < size; i++) {
    const first = source.first[feed.slots[i]!]!
    const label = feed.labels[i]!
    buffer.seen += first
    buffer.seenOf[label] = (buffer.seenOf[label] ?? 0) + first
  }
  if (drop !== undefined && drop.length > 0) compact(w, buffer, drop)
  if (slots.length === 0) return
  if (slots.length !== take.length)
    throw new Error(`buffer '${buffer.name}': ${slots.length} slots for ${take.length} rows`)
  for (let i = 0; i < slots.length; i++) {
    const to = slots[i]!
    if (to < 0 || to >= buffer.capacity || to > buffer.size || take[i]! < 0 || take[i]! >= size)
      throw new Error(
        `buffer '${buffer.name}' of ${buffer.size} rows (capacity ${buffer.capacity}): cannot put row ${take[i]} of ${size} into slot ${to}`,
      )
    const from = feed.slots[take[i]!]!
    w.store.copyRows(source.block, from, buffer.block, to)
    buffer.labels[to] = source.labels[from]!
    buffer.contexts[to] = source.contexts[from]!
    buffer.experiences[to] = source.experiences[from]!
    buffer.size = Math.max(buffer.size, to + 1)
  }
  buffer.version++
  for (const [name, column] of Object.entries(buffer.columns)) {
    if (program === null)
      throw new Error(`buffer '${buffer.name}': no step computes column '${name}' of the rows it admits`)
    const values = program.output(`column/${buffer.name}/${name}`)
    for (let i = 0; i < slots.length; i++)
      w.store.write(
        column.block,
        values.subarray(take[i]! * column.width, (take[i]! + 1) * column.width),
        slots[i]! * column.width,
      )
  }
}

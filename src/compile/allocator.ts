/** Addresses in linear memory: first fit over free ranges, 64-byte alignment. */

/** Hands out byte ranges and takes them back. */
export interface Allocator {
  /**
   * Address of `bytes` bytes; contents undefined. `by` names who asks, and for what, in the error when there is not enough:
   * then nothing has changed.
   */
  readonly take: (bytes: number, by: () => string) => number
  /** The same, but the range is taken only if `use` returns; `use` must take nothing itself. */
  readonly takeFor: <A>(bytes: number, by: () => string, use: (address: number) => A) => A
  /** Gives a range back by its address. */
  readonly give: (address: number) => void
  /** Bytes from this address on were never handed out. */
  readonly untouched: () => number
  /** Bytes handed out now. */
  readonly used: () => number
}

interface Free {
  readonly at: number
  readonly size: number
}

const align = (n: number): number => Math.ceil(Math.max(n, 1) / 64) * 64

/** Name of the error of a range that cannot be had. */
export const outOfMemoryName = 'OutOfMemory'

const outOfMemory = (message: string): Error => Object.assign(new Error(message), { name: outOfMemoryName })

/**
 * An allocator over at most `limit` bytes, of which `reserve(end)` makes at least the first `end` usable, or tells that it cannot.
 * Address 0 is never used.
 */
export const allocator = (limit: number, reserve: (end: number) => boolean): Allocator => {
  const sizes = new Map<number, number>()
  /** In ascending order, neither next to each other nor at the end. */
  let free: readonly Free[] = []
  let end = 64
  let untouched = end
  let used = 0

  const take = (size: number, at: number, fit: Free | undefined): void => {
    if (fit === undefined) end = at + size
    else free = free.flatMap((r) => (r !== fit ? [r] : r.size > size ? [{ at: at + size, size: r.size - size }] : []))
    untouched = Math.max(untouched, end)
    used += size
    sizes.set(at, size)
  }
  const takeFor: Allocator['takeFor'] = (bytes, by, use) => {
    const size = align(bytes)
    const fit = free.find((r) => r.size >= size)
    const at = fit?.at ?? end
    if (fit === undefined && (end + size > limit || !reserve(end + size)))
      throw outOfMemory(
        `out of memory: ${by()} asked for ${showBytes(bytes)}; ${showBytes(used)} are in use, and one store can hold ${showBytes(limit)}${end + size > limit ? '' : ', but the system has no more'}`,
      )
    const result = use(at)
    take(size, at, fit)
    return result
  }
  return {
    take: (bytes, by) => takeFor(bytes, by, (address) => address),
    takeFor,
    give: (address) => {
      const size = sizes.get(address)
      if (size === undefined) throw new Error(`allocator: nothing was taken at ${address}`)
      sizes.delete(address)
      used -= size
      free = joined([...free, { at: address, size }])
      const last = free.at(-1)
      if (last === undefined || last.at + last.size < end) return
      end = last.at
      free = free.slice(0, -1)
    },
    untouched: () => untouched,
    used: () => used,
  }
}

/** The ranges in ascending order, neighbours as one. */
const joined = (ranges: readonly Free[]): readonly Free[] => {
  const out: Free[] = []
  for (const r of ranges.toSorted((p, q) => p.at - q.at)) {
    const last = out.at(-1)
    if (last !== undefined && last.at + last.size === r.at) out.splice(-1, 1, { at: last.at, size: last.size + r.size })
    else out.push(r)
  }
  return out
}

/** A number of bytes with its size in binary units, for messages. */
export const showBytes = (bytes: number): string => {
  const [unit, name] = bytes >= 2 ** 30 ? [2 ** 30, 'GiB'] : [2 ** 20, 'MiB']
  return bytes < 2 ** 20 ? `${bytes} bytes` : `${bytes} bytes (${(bytes / unit).toFixed(1)} ${name})`
}

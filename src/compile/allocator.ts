/** Addresses in linear memory: first fit over free ranges, 64-byte alignment. */

/** Hands out byte ranges and takes them back. */
export interface Allocator {
  /** Address of `bytes` fresh bytes (contents undefined). */
  readonly take: (bytes: number) => number
  /** Gives a range back by its address. */
  readonly give: (address: number) => void
}

const align = (n: number): number => Math.ceil(Math.max(n, 1) / 64) * 64

/** An allocator over memory that `reserve(end)` makes at least `end` bytes long. Address 0 is never used. */
export const allocator = (reserve: (end: number) => void): Allocator => {
  const sizes = new Map<number, number>()
  let free: { at: number; size: number }[] = []
  let end = 64
  return {
    take: (bytes) => {
      const size = align(bytes)
      const fit = free.find((r) => r.size >= size)
      if (fit !== undefined) {
        const at = fit.at
        fit.at += size
        fit.size -= size
        free = free.filter((r) => r.size > 0)
        sizes.set(at, size)
        return at
      }
      const at = end
      end += size
      reserve(end)
      sizes.set(at, size)
      return at
    },
    give: (address) => {
      const size = sizes.get(address)
      if (size === undefined) throw new Error(`allocator: nothing was taken at ${address}`)
      sizes.delete(address)
      const sorted = [...free, { at: address, size }].sort((p, q) => p.at - q.at)
      free = []
      for (const r of sorted) {
        const last = free[free.length - 1]
        if (last !== undefined && last.at + last.size === r.at) last.size += r.size
        else free.push(r)
      }
    },
  }
}

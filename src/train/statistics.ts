/** Statistics of strategies: arrays of f64 on the host, declared, grown at boundaries, counted. */
import { sizeOf } from '../graph/shape.js'
import type { AnyStrategy } from '../strategy/anyStrategy.js'
import { dimsFor, type Place, type World } from './world.js'

const sizesOf = (w: World, place: Place, s: AnyStrategy): readonly (readonly [string, number])[] => {
  const dims = dimsFor(w, place, s)
  return Object.entries(s.statistics ?? {}).map(([name, spec]) => [name, sizeOf(spec.shape(dims))])
}

/** Makes all statistics have the shapes of this place: values before stay as a prefix, the rest is zero. */
export const declareStatistics = (w: World, place: Place): void => {
  for (const s of w.method) {
    const before = place.statistics.get(s.name) ?? {}
    const now = sizesOf(w, place, s).map(([name, size]) => {
      const kept = before[name]
      if (kept?.length === size) return [name, kept] as const
      const grown = new Float64Array(size)
      if (kept !== undefined) grown.set(kept.subarray(0, size))
      return [name, grown] as const
    })
    place.statistics.set(s.name, Object.fromEntries(now))
  }
}

/** Bytes of the statistics kept between steps: all but those that a phase makes fresh. */
export const statisticBytes = (w: World, place: Place): number =>
  w.method
    .flatMap((s) => {
      const fresh = new Set((s.phases ?? []).flatMap((p) => p.fresh ?? []))
      return sizesOf(w, place, s).map(([name, size]) => (fresh.has(name) ? 0 : 8 * size))
    })
    .reduce((a, b) => a + b, 0)

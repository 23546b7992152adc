/** Feeds of `predict`: what the host computes once for a measurement. */
import type { AnyAt, AnyStrategy } from '../strategy/anyStrategy.js'
import { folded, named } from '../random/key.js'
import { inHook } from './inHook.js'
import { feedInput } from './scope.js'
import { rowsFor } from './source.js'
import type { Place, World } from './world.js'

/** See above. */
export interface QueryFeeds {
  /** By the name of their input. */
  readonly values: Readonly<Record<string, number | Float32Array>>
  /** Multiply-accumulates that they cost. */
  readonly macs: number
}

/** Where they are computed: a place between steps. */
const atQuery = (w: World, place: Place, { name, rights, buffers = {} }: AnyStrategy, feed: string): AnyAt => {
  const held = Object.keys(buffers).flatMap((buffer) => {
    const source = w.buffers.get(`${name}/${buffer}`)
    return source === undefined ? [] : [[buffer, rowsFor(source, { name, rights })] as const]
  })
  return {
    host: place.host.get(name) ?? null,
    key: folded(named(named(w.key, `strategy/${name}`), `query/${feed}`), place.rows),
    index: place.steps,
    buffers: Object.fromEntries(held),
    statistics: place.statistics.get(name) ?? {},
    ...(rights.boundary === true ? { experience: place.experience, since: 0 } : {}),
  }
}

/** Computes those feeds of a strategy whose inputs are in `read`. */
export const queryFeeds = (
  w: World,
  place: Place,
  s: AnyStrategy | undefined,
  read: ReadonlySet<unknown>,
): QueryFeeds => {
  const values: Record<string, number | Float32Array> = {}
  let macs = 0
  for (const [feed, spec] of Object.entries(s?.feeds ?? {})) {
    if (s === undefined || !read.has(feedInput(s.name, feed))) continue
    const at = atQuery(w, place, s, feed)
    values[feedInput(s.name, feed)] = inHook(s.name, `feeds.${feed}`, () => spec.from(at))
    macs += inHook(s.name, `feeds.${feed}.macs`, () => spec.macs?.(at) ?? 0)
  }
  return { values, macs }
}

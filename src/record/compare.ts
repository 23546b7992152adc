/** Comparison of a kept result with the same run made again: everything but the manifest, exactly, as far as the kept one goes. */
import { canonical } from './canonical.js'
import type { Result } from './result.js'

const isBranch = (u: unknown): u is object => typeof u === 'object' && u !== null

/** Where two values differ; `added`: only the second has anything there. */
interface Difference {
  readonly at: string
  readonly added: boolean
}

const walk = (a: unknown, b: unknown, at: string): readonly Difference[] => {
  if (!isBranch(a) || !isBranch(b) || Array.isArray(a) !== Array.isArray(b)) {
    const lone = a === undefined || b === undefined
    const equal = lone ? a === b : canonical(a) === canonical(b)
    return equal ? [] : [{ at, added: a === undefined }]
  }
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].toSorted()
  const step = (k: string): string => (Array.isArray(a) ? `${at}[${k}]` : at === '' ? k : `${at}.${k}`)
  return keys.flatMap((k) => walk(Reflect.get(a, k), Reflect.get(b, k), step(k)))
}

/** Fields that were not recorded from the first version on: a kept file without one is older, which is no difference between runs. */
const recordedLater = [/^parameters$/, /^costs\.(training|evaluation|phases\..+)\.(operations|traffic)$/]

const isNew = ({ at, added }: Difference): boolean => added && recordedLater.some((field) => field.test(at))

const between = (kept: Result, again: Result): readonly Difference[] => {
  const { manifest: _a, ...left } = kept
  const { manifest: _b, ...right } = again
  return walk(left, right, '')
}

/** Paths at which two JSON values differ; empty when they are the same to the last bit. */
export const differing = (a: unknown, b: unknown): readonly string[] => walk(a, b, '').map(({ at }) => at)

/** Paths at which a run came out otherwise, the manifest and `uncompared` left out; empty when it is the same to the last bit. */
export const differences = (kept: Result, again: Result): readonly string[] =>
  between(kept, again).flatMap((d) => (isNew(d) ? [] : [d.at]))

/** Paths that a kept result lacks because it was written before they were recorded. */
export const uncompared = (kept: Result, again: Result): readonly string[] =>
  between(kept, again).flatMap((d) => (isNew(d) ? [d.at] : []))

/** True when a run came out the same to the last bit; where and when it was made does not count. */
export const same = (kept: Result, again: Result): boolean => differences(kept, again).length === 0

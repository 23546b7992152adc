/** Comparison of two runs: everything but the manifest, exactly, as far as both were recorded. */
import { canonical } from './canonical.js'
import type { Result } from './result.js'

const isBranch = (u: unknown): u is object => typeof u === 'object' && u !== null

/** Where two values differ; `lone`: only one of them has anything there. */
interface Difference {
  readonly at: string
  readonly lone: boolean
}

const walk = (a: unknown, b: unknown, at: string): readonly Difference[] => {
  if (!isBranch(a) || !isBranch(b) || Array.isArray(a) !== Array.isArray(b)) {
    const lone = a === undefined || b === undefined
    return lone ? (a === b ? [] : [{ at, lone }]) : canonical(a) === canonical(b) ? [] : [{ at, lone }]
  }
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].toSorted()
  const step = (k: string): string => (Array.isArray(a) ? `${at}[${k}]` : at === '' ? k : `${at}.${k}`)
  return keys.flatMap((k) => walk(Reflect.get(a, k), Reflect.get(b, k), step(k)))
}

/** Fields that were not recorded from the first version on: a file without one is older, which is no difference between runs. */
const recordedLater = [/^parameters$/, /^costs\.(training|evaluation|phases\..+)\.(operations|traffic)$/]

const isOlder = ({ at, lone }: Difference): boolean => lone && recordedLater.some((field) => field.test(at))

const between = (a: Result, b: Result): readonly Difference[] => {
  const { manifest: _a, ...left } = a
  const { manifest: _b, ...right } = b
  return walk(left, right, '')
}

/** Paths at which two JSON values differ; empty when they are the same to the last bit. */
export const differing = (a: unknown, b: unknown): readonly string[] => walk(a, b, '').map(({ at }) => at)

/** Paths at which two results differ, the manifest and `uncompared` left out; empty when they are the same to the last bit. */
export const differences = (a: Result, b: Result): readonly string[] =>
  between(a, b).flatMap((d) => (isOlder(d) ? [] : [d.at]))

/** Paths that only one of two results has because the other was written before they were recorded. */
export const uncompared = (a: Result, b: Result): readonly string[] =>
  between(a, b).flatMap((d) => (isOlder(d) ? [d.at] : []))

/** True when two results are the same run to the last bit; where and when they were made does not count. */
export const same = (a: Result, b: Result): boolean => differences(a, b).length === 0

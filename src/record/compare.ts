/** Comparison of two runs: everything but the manifest, exactly. */
import { canonical } from './canonical.js'
import type { Result } from './result.js'

const isBranch = (u: unknown): u is object => typeof u === 'object' && u !== null

const paths = (a: unknown, b: unknown, at: string): readonly string[] => {
  if (!isBranch(a) || !isBranch(b) || Array.isArray(a) !== Array.isArray(b))
    return a === undefined || b === undefined ? (a === b ? [] : [at]) : canonical(a) === canonical(b) ? [] : [at]
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].toSorted()
  const step = (k: string): string => (Array.isArray(a) ? `${at}[${k}]` : at === '' ? k : `${at}.${k}`)
  return keys.flatMap((k) => paths(Reflect.get(a, k), Reflect.get(b, k), step(k)))
}

/** Paths at which two JSON values differ; empty when they are the same to the last bit. */
export const differing = (a: unknown, b: unknown): readonly string[] => paths(a, b, '')

/** Paths at which two results differ, the manifest left out; empty when they are the same to the last bit. */
export const differences = (a: Result, b: Result): readonly string[] => {
  const { manifest: _a, ...left } = a
  const { manifest: _b, ...right } = b
  return paths(left, right, '')
}

/** True when two results are the same run to the last bit; where and when they were made does not count. */
export const same = (a: Result, b: Result): boolean => differences(a, b).length === 0

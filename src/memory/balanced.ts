import { integers } from '../random/draw.js'
import { folded, type Key } from '../random/key.js'
import { groups } from './groups.js'

/**
 * `n` rows, as equally over the groups of `of` as n allows, uniformly with replacement within a group. Which groups get one
 * more when n is no multiple of their number moves on with `index`, so that many draws are balanced to within one row.
 * Empty when there are no rows.
 */
export const balanced = (key: Key, of: Int32Array, n: number, index: number): Int32Array => {
  const members = [...groups(of).values()]
  if (members.length === 0) return new Int32Array(0)
  const draws = members.map((rows, g) => integers(folded(key, g), Math.ceil(n / members.length), rows.length))
  const used = members.map(() => 0)
  const chosen = new Int32Array(n)
  for (let i = 0; i < n; i++) {
    const g = (index * n + i) % members.length
    chosen[i] = members[g]![draws[g]![used[g]!]!]!
    used[g]!++
  }
  return chosen
}

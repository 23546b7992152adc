import type { Held, Offered } from './policy.js'

/** Labels of rows that were offered to a buffer, this batch included. */
export const metSoFar = ({ seenOf }: Held, { labels, first }: Offered): ReadonlySet<number> =>
  new Set([
    ...Array.from(seenOf, (n, label) => (n > 0 ? label : -1)).filter((label) => label >= 0),
    ...labels.filter((_, i) => first[i] !== 0),
  ])

import { classBalanced } from './classBalanced.js'
import { greedyBalanced } from './greedyBalanced.js'
import type { Policy } from './policy.js'
import { reservoir } from './reservoir.js'
import { ring } from './ring.js'

/** The policies that options can name. */
export const policies = {
  reservoir: (key, held, incoming) => reservoir(key, held.capacity, held.seen, incoming.first),
  'class-balanced': classBalanced,
  ring: ring('class'),
  'greedy-balanced': greedyBalanced,
} satisfies Readonly<Record<string, Policy>>

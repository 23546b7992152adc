/** Every strategy of the registry: the terms that it adds to the loss. */
import * as E from 'fp-ts/lib/Either.js'
import { decodeWith } from '../../codec/decode.js'
import { describe } from '../../codec/problem.js'
import { type AnyPlugin, strategies } from '../../strategy/registry.js'
import type { Item } from './item.js'
import { strategyChecks } from './strategyChecks.js'

const filled = { capacity: 24, rows: 8, fill: 'boundary', perClass: 4, weighting: '1/k', balance: 'context' }

/** Options under which each strategy has the terms that it can have, by a name for them. */
const variants: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  naive: { '': {} },
  joint: { '': {} },
  cumulative: { '': {} },
  gdumb: { '': { capacity: 12 } },
  ewc: { online: { lambda: 5, batch: 16 }, multi: { lambda: 5, mode: 'multi', batch: 16 } },
  si: { '': { c: 1 } },
  mas: { '': { lambda: 1, batch: 16 } },
  l2: { previous: { lambda: 1 }, start: { lambda: 1, towards: 'start' } },
  replay: {
    reservoir: { capacity: 12, rows: 8 },
    'by context': filled,
    weighted: { capacity: 12, rows: 8, weighting: 'lambda', lambda: 0.5 },
  },
  'er-ace': {
    all: { capacity: 12, rows: 8 },
    seen: { capacity: 12, rows: 8, competing: 'present', replayed: 'seen', begins: 'second' },
  },
  lwf: {
    padded: {},
    old: { heads: 'old', active: 'seen', weighting: '1/k', warmUp: 'last-layer' },
    each: { heads: 'each', weighting: 'k-1', timesSquare: 'T^2' },
  },
  'a-gem': { '': { capacity: 12, rows: 8 } },
  gem: { '': { capacity: 24, perContext: 8 } },
  icarl: { '': { capacity: 12 } },
  ncm: { '': {} },
  slda: { '': {} },
  ridge: { '': { features: 20 } },
  gaussian: { '': { rank: 2 } },
  cls: {
    better: { capacity: 12, rows: 8, steps: 10 },
    stored: { capacity: 12, rows: 8, steps: 3, target: 'stored' },
    slow: { capacity: 12, rows: 8, steps: 3, target: 'slow' },
  },
}

const itemOf = (plugin: AnyPlugin): Item => {
  const { name } = plugin
  const instances = Object.entries(variants[name] ?? {}).flatMap(([label, options]) => {
    const decoded = decodeWith(plugin.options, options)
    if (E.isLeft(decoded)) throw new Error(`gradcheck: options of '${name}': ${decoded.left.map(describe).join('; ')}`)
    return plugin.make(decoded.right).flatMap((strategy) => strategyChecks(label, strategy))
  })
  return { name, kind: 'strategy', instances, ...(instances.length === 0 ? { note: 'adds no term' } : {}) }
}

/** All strategies. */
export const strategyItems = (): readonly Item[] => strategies.map(itemOf)

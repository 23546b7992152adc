import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeWith } from '../../src/codec/decode.js'
import { combine, conflicts, type Method } from '../../src/strategy/method.js'
import { strategies } from '../../src/strategy/registry.js'
import { arranged } from '../../src/stream/arranged.js'
import { unfit } from '../../src/train/methodOf.js'
import { learnedIn, tinyRun, tinyStream } from '../support/tiny.js'

const made = (name: string, options: object = {}): Method => {
  const plugin = strategies.find((p) => p.name === name)
  if (plugin === undefined) throw new Error(name)
  const decoded = decodeWith(plugin.options, options)
  if (E.isLeft(decoded)) throw new Error(JSON.stringify(decoded.left))
  return plugin.make(decoded.right)
}

const memory = { capacity: 12, rows: 8 }
const parts = {
  naive: () => made('naive'),
  replay: () => made('replay', memory),
  'er-ace': () => made('er-ace', memory),
  der: () => made('der', { ...memory, alpha: 0.5 }),
  ewc: () => made('ewc', { lambda: 5, batch: 16 }),
  si: () => made('si', { c: 1 }),
  l2: () => made('l2', { lambda: 1 }),
  lwf: () => made('lwf'),
  'lwf among seen outputs': () => made('lwf', { heads: 'old', active: 'seen', warmUp: 'last-layer' }),
  icarl: () => made('icarl', { capacity: 12, batch: 16 }),
  'a-gem': () => made('a-gem', memory),
}
type Part = keyof typeof parts

const together = (names: readonly Part[]): Method => combine(...names.map((name) => parts[name]()))

/** Terms are summed by name, and at most one of each changes the gradient or replaces the loss. With the terms of the last experience. */
const additive: readonly (readonly [readonly Part[], readonly string[]])[] = [
  [
    ['si', 'replay'],
    ['replay/replay', 'si/penalty'],
  ],
  [
    ['ewc', 'der'],
    ['der/consistency', 'ewc/penalty'],
  ],
  [
    ['lwf', 'replay'],
    ['lwf/distillation', 'replay/replay'],
  ],
  [
    ['lwf among seen outputs', 'replay'],
    ['lwf/distillation', 'replay/replay'],
  ],
  [
    ['lwf', 'er-ace'],
    ['er-ace/replay', 'lwf/distillation'],
  ],
  [['a-gem', 'ewc'], ['ewc/penalty']],
  // penalties on the parameters themselves, whose gradients meet there: what rounding makes of an order would show
  [
    ['si', 'lwf', 'l2', 'ewc'],
    ['ewc/penalty', 'l2/penalty', 'lwf/distillation', 'si/penalty'],
  ],
]

describe.each(additive.map(([names, terms]) => [names.join('+'), names, terms] as const))('%s', (_, names, terms) => {
  it.each(['task', 'class'] as const)(
    'runs to the end in a %s stream, and no order of listing changes a bit',
    (kind) => {
      const training = { batch: 8, iterations: 8 }
      const log = tinyRun(together(names), kind, { training })
      expect(log.status.kind).toBe('complete')
      expect(Object.keys(log.experiences[2]?.terms ?? {}).sort()).toEqual(terms)
      expect(learnedIn(tinyRun(together([...names].reverse()), kind, { training }))).toEqual(learnedIn(log))
    },
  )
})

describe('icarl, which merges the rows it holds into experiences,', () => {
  it.each([
    ['gem', { capacity: 24, perContext: 8 }],
    ['a-gem', { capacity: 24, rows: 8, fill: 'per-class', perClass: 4 }],
    ['replay', { capacity: 24, rows: 8, fill: 'boundary', perClass: 4 }],
    ['ewc', { lambda: 5, batch: 16 }],
    ['mas', { lambda: 1, batch: 16 }],
  ])('runs to the end beside %s, which revisits them', (name, options) => {
    const log = tinyRun(combine(parts.icarl(), made(name, options)), 'class', { training: { batch: 8, iterations: 8 } })
    expect(log.status.kind).toBe('complete')
  })
})

describe('icarl where experiences bring earlier rows again', () => {
  it('is refused, and only there', () => {
    const stream = tinyStream('class')
    expect(unfit(parts.icarl(), arranged(stream, 'cumulative')).join()).toMatch(/^'icarl': an output that occurs/)
    expect(unfit(parts.icarl(), stream)).toEqual([])
  })
})

describe('combine', () => {
  it('has naive as its identity', () => {
    const lwf = parts.lwf()
    expect(combine(parts.naive(), lwf)).toEqual(lwf)
    expect(combine(lwf, parts.naive())).toEqual(lwf)
  })

  it.each([
    [['lwf', 'er-ace'], 0],
    [['lwf among seen outputs', 'replay'], 0],
    [['lwf among seen outputs', 'er-ace'], 1],
    [['er-ace', 'icarl'], 1],
    [['er-ace', 'replay'], 0],
  ] as const)('of %j finds %d losses that cannot both be heard', (names, count) => {
    const found = conflicts(together(names))
    expect(found.filter(({ slot }) => slot === 'loss')).toHaveLength(count)
    expect(found).toHaveLength(count)
  })
})

import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeWith } from '../../src/codec/decode.js'
import { policies } from '../../src/memory/policies.js'
import { integers } from '../../src/random/draw.js'
import { folded, key } from '../../src/random/key.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import type { Method } from '../../src/strategy/method.js'
import { strategies } from '../../src/strategy/registry.js'
import { bufferBytes } from '../../src/train/bufferBytes.js'
import { createSteppers, learn } from '../../src/train/experience.js'
import { createLearner } from '../../src/train/learner.js'
import { tinyInput, tinyStream } from '../support/tiny.js'

/** Options under which every plugin with a buffer fills it, in as many ways as it can. */
const filled: Readonly<Record<string, readonly object[]>> = {
  replay: [
    ...['reservoir', 'boundary', 'class-balanced', 'ring'].map((fill) => ({ fill, rows: 8 })),
    ...['boundary', 'ring'].map((fill) => ({ fill, budget: 'per-class', perClass: 5, rows: 8 })),
    { fill: 'boundary', budget: 'total', rows: 8 },
  ],
  gdumb: Object.keys(policies).map((fill) => ({ fill, passes: 1 })),
  'er-ace': [{ rows: 8 }],
  der: [{ rows: 8, alpha: 0.5 }],
  'der-pp': [{ rows: 8, alpha: 0.5, beta: 0.5 }],
  'cls-er': [{ rows: 8 }],
  'a-gem': ['one-batch', 'per-class', 'reservoir'].map((fill) => ({ fill, rows: 8 })),
  gem: [{ perContext: 4 }],
  icarl: [{ batch: 16 }, { batch: 16, quota: 'fixed', perClass: 2 }],
  cls: [{ rows: 8, steps: 2 }],
}

const made = (name: string, options: object): Method => {
  const plugin = strategies.find((p) => p.name === name)
  const decoded = plugin === undefined ? undefined : decodeWith(plugin.options, options)
  if (plugin === undefined || decoded === undefined || E.isLeft(decoded))
    throw new Error(`${name}: ${JSON.stringify(decoded)}`)
  return plugin.make(decoded.right)
}

/**
 * Runs a method on the tiny stream (6 pixels a row, 6 outputs) and calls `look` after every step, awake and asleep, with the bytes held
 * and those that the capacities allow: pixels, label, context where it is needed, and 4 bytes for each number of a column.
 */
const watched = (method: Method, kind: 'class' | 'task', look: (bytes: number, budget: number) => void): void => {
  const { model, optimiser } = tinyInput(method)
  const stream = tinyStream(kind)
  const learner = createLearner({ model, optimiser, batch: 8, stream, method, key: key(1) })
  const { world } = learner
  const budget = method
    .flatMap(({ name, rights, buffers = {} }) =>
      Object.entries(buffers).map(([buffer, { capacity }]) => {
        const widths = Object.values(world.buffers.get(`${name}/${buffer}`)?.columns ?? {}).map(({ width }) => width)
        const context = kind === 'task' || rights.context === true ? 4 : 0
        return capacity * (6 + 4 + context + 4 * widths.reduce((a, b) => a + b, 0))
      }),
    )
    .reduce((a, b) => a + b, 0)
  const steppers = createSteppers(learner)
  const now = (): void => look(bufferBytes(world), budget)
  for (const experience of stream.experiences) {
    learn(learner, steppers, {
      experience,
      steps: () => 7,
      rest: 'drop',
      boundary: 'keep',
      balance: 0,
      onStep: now,
      onPhase: now,
    })
    now()
  }
}

const all = Object.entries(filled)
  .filter(([name]) => strategies.some((plugin) => plugin.name === name))
  .flatMap(([name, list]) => list.map((options) => [name, options] as const))

describe('the bytes of rows in buffers', () => {
  it.each(all)('are within the capacity after every step of %s %o, and come to it', (name, options) => {
    for (const [kind, capacity] of [
      ['class', 13],
      ['task', 12],
    ] as const) {
      let most = 0
      watched(made(name, { ...options, capacity }), kind, (bytes, budget) => {
        expect(bytes).toBeLessThanOrEqual(budget)
        most = Math.max(most, bytes / budget)
      })
      // parts of 13 rows for 6 classes leave a row over
      expect(most).toBeGreaterThanOrEqual(kind === 'task' ? 0.8 : 12 / 13)
    }
  })

  it('are of every plugin that has a capacity', () => {
    const without = strategies.filter(({ options }) => {
      const decoded = decodeWith(options, {})
      return E.isLeft(decoded) && decoded.left.some(({ path }) => path === 'capacity')
    })
    expect(without.map(({ name }) => name).filter((name) => filled[name] === undefined)).toEqual([])
  })

  it('are within the capacity whatever a policy writes: what does not fit is refused', () => {
    const plan = fc.record({ seed: fc.nat(9999), capacity: fc.integer({ min: 1, max: 12 }), wild: fc.boolean() })
    fc.assert(
      fc.property(plan, ({ seed, capacity, wild }) => {
        const random: AnyStrategy = {
          name: 'random',
          rights: {},
          buffers: { memory: { capacity, columns: {} } },
          keep: {
            memory: {
              from: 'batch',
              admit: ({ size }, incoming, at) => {
                const draw = (label: number, n: number, bound: number): Int32Array =>
                  integers(folded(folded(key(seed), at.index), label), n, bound)
                const chance = draw(0, size, 3)
                const drop = Int32Array.from(chance.keys()).filter((slot) => chance[slot] === 0)
                const n = draw(1, 1, incoming.size + 1)[0] ?? 0
                // slots that are held, then new ones; a wild policy does not know where the buffer ends
                const room = wild ? capacity + 2 : capacity
                let held = size - drop.length
                const slots = draw(2, n, room).map((slot) => (slot < held ? slot : Math.min(held++, room - 1)))
                return { drop, slots, take: draw(3, n, incoming.size) }
              },
            },
          },
        }
        const run = (): void => watched([random], 'class', (bytes, budget) => expect(bytes).toBeLessThanOrEqual(budget))
        if (!wild) run()
        else
          try {
            run()
          } catch (error) {
            expect(String(error)).toContain(`(capacity ${capacity}): cannot put row`)
          }
      }),
      { numRuns: 30 },
    )
  })
})

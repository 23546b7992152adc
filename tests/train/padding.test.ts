import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { cls } from '../../src/strategy/cls.js'
import { ewc } from '../../src/strategy/ewc.js'
import { replay } from '../../src/strategy/replay.js'
import { slotBlock, tensorBlock } from '../../src/train/tensors.js'
import { bits } from '../support/compiled.js'
import { tinyLearner } from '../support/learner.js'
import { shortStream } from '../support/tiny.js'

/** Every bit that a learner has after two experiences of two steps in batches with room for `batch` rows. */
const learned = (strategy: AnyStrategy | undefined, n: number, batch: number) => {
  const method = strategy === undefined ? [] : [strategy]
  const learner = tinyLearner(method, { hidden: [5], steps: 2, batch, stream: shortStream(n) })
  const told = [learner.learn(), learner.learn()]
  const blocks = [
    'params',
    ...learner.world.optimiser.slots.map((slot) => slotBlock('optimiser', slot.name)),
    ...method.flatMap((s) => Object.keys(s.tensors ?? {}).map((name) => tensorBlock(s.name, name))),
  ]
  return {
    losses: told.map(({ loss, terms }) => ({ loss, terms })),
    blocks: Object.fromEntries(blocks.map((name) => [name, bits(learner.read(name))])),
  }
}

/** Strategies with room for `room` rows in each batch that they draw, and at most `n` rows to put there. */
const strategies: readonly (readonly [string, (n: number, room: number) => AnyStrategy | undefined])[] = [
  ['naive', () => undefined],
  [
    'ewc',
    (_, room) =>
      ewc({
        lambda: 5,
        mode: 'online',
        gamma: 1,
        fisher: 'exact',
        rows: 'all',
        divisor: 'N',
        step: 'explicit',
        batch: room,
      }),
  ],
  [
    'replay',
    (n, room) =>
      replay({
        capacity: n,
        fill: 'reservoir',
        perClass: 1,
        rows: room,
        weighting: 'concatenated',
        order: 'uniform',
        balance: 'none',
      }),
  ],
  [
    'cls',
    (n, room) =>
      cls({
        capacity: n,
        replay: 'on',
        rows: room,
        consistency: 2,
        target: 'better',
        decay: 0.5,
        sleep: 'boundary',
        steps: 0,
        macs: 0,
        probe: 1,
      }),
  ],
]

describe('rows of weight 0 at the end of a batch', () => {
  it.each(strategies)('change no bit of parameters, moments, tensors and losses (%s)', (_, strategy) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), (n, padding) => {
        const room = n + padding
        expect(learned(strategy(n, room), n, room)).toEqual(learned(strategy(n, n), n, n))
      }),
      { numRuns: 2 },
    )
  })
})

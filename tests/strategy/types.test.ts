/** What must not type-check, checked by the compiler: each line below is an error that `@ts-expect-error` expects. */
import { describe, expect, it } from 'vitest'
import { mean } from '../../src/graph/ops.js'
import type { Uses } from '../../src/strategy/slots.js'
import type { Strategy } from '../../src/strategy/strategy.js'

type None = Uses<Record<never, never>>
type Bare = Uses<{ tensors: 'a' }>
type Replay = Uses<{ buffers: { memory: 'logits' }; draws: { replay: 'memory' } }>

// @ts-expect-error a right in the type must be in the value
const right: Strategy<Uses<{ rights: 'boundary' }>> = { name: 'x', rights: {} }
// @ts-expect-error a declared tensor must be specified
const specified: Strategy<Bare> = { name: 'x', rights: {} }
const tensors = { a: { shape: () => [], init: 0 } } as const
const declared: Strategy<Bare> = {
  name: 'x',
  rights: {},
  tensors,
  // @ts-expect-error an undeclared tensor cannot be read
  objective: (c) => [{ name: 'p', value: c.tensors.b }],
}
const context: Strategy<None> = {
  name: 'x',
  rights: {},
  // @ts-expect-error the context is not in the value without the right
  objective: (c) => [{ name: 'p', value: c.batch.context }],
}
const finished: Strategy<None> = {
  name: 'x',
  rights: {},
  // @ts-expect-error neither is the number of finished experiences
  objective: (c) => (c.dims.experience === 0 ? [] : []),
}
const trigger: Strategy<None> = {
  name: 'x',
  rights: {},
  // @ts-expect-error no boundary trigger without the right
  phases: [{ name: 'p', when: { on: 'boundary' }, steps: 1 }],
}
const asleep: Strategy<Uses<{ rights: 'boundary' }>> = {
  name: 'x',
  rights: { boundary: true },
  phases: [
    {
      name: 'p',
      when: { on: 'boundary' },
      steps: 1,
      // @ts-expect-error a phase has no incoming batch
      commit: (c) => ({ params: mean(c.batch.x) }),
    },
  ],
}
const revisits: Strategy<Uses<{ draws: { r: 'experience' } }>> = {
  name: 'x',
  rights: {},
  // @ts-expect-error an experience cannot be revisited without the right
  draws: { r: { from: 'experience', rows: 1, pick: () => new Int32Array(0) } },
}
const column: Strategy<Replay> = {
  name: 'x',
  rights: {},
  buffers: { memory: { capacity: 1, columns: { logits: (d) => d.outputs } } },
  // @ts-expect-error an undeclared column cannot be read
  objective: (c) => (c.batches.replay === undefined ? [] : [{ name: 'p', value: c.batches.replay.columns.labels }]),
}
// @ts-expect-error a misspelt hook is no hook
const misspelt: Strategy<None> = { name: 'x', rights: {}, comit: () => ({}) }

describe('the types of strategies', () => {
  it('refuse what a strategy has no right to or did not declare (the compiler checks this file)', () => {
    const all = [right, specified, declared, context, finished, trigger, asleep, revisits, column, misspelt]
    expect(all.every((s) => s.name === 'x')).toBe(true)
  })
})

import { describe, expect, it } from 'vitest'
import { grad } from '../../src/graph/grad.js'
import { broadcast, input } from '../../src/graph/ops.js'
import { crossEntropy } from '../../src/nn/loss.js'
import { uniforms } from '../../src/random/draw.js'
import { key, named } from '../../src/random/key.js'
import type { AnyContext } from '../../src/strategy/anyStrategy.js'
import { erAce, type ErAceOptions } from '../../src/strategy/erAce.js'
import type { Method } from '../../src/strategy/method.js'
import { tinyLearner } from '../support/learner.js'
import { batchOf, scopeOf, valueOf, valuesOf } from '../support/scope.js'
import { tinyRun } from '../support/tiny.js'

const made = (changes: Partial<ErAceOptions> = {}) =>
  erAce({ capacity: 12, rows: 8, competing: 'present+unseen', replayed: 'all', begins: 'at-once', ...changes })

const rows = 4
const outputs = 6
const numbers = (name: string): readonly number[] =>
  [...uniforms(named(key(5), name), rows * outputs)].map((u) => 6 * u - 3)
const env = {
  logits: numbers('logits'),
  recalled: numbers('recalled'),
  // the last row of either batch only fills it up: were it counted, output 1 would be present
  'batch/y': [2, 3, 2, 1],
  'batch/weights': [1, 1, 1, 0],
  'replay/y': [0, 1, 2, 0],
  'replay/weights': [1, 1, 1, 0],
  // 0 and 1 in batches before
  seen: [1, 1, 0, 0, 0, 0],
}

const logits = input('logits', [rows, outputs])
const recalled = input('recalled', [rows, outputs])
const batch = batchOf('batch', rows)

/** A step whose incoming rows have the outputs 2 and 3, after rows of 0 and 1; what the network says of both batches is input. */
const scope = (experience = 1): AnyContext => {
  const plain = scopeOf(experience)
  const output = { logits, features: batch.x, activations: [] }
  return {
    ...plain,
    network: { ...plain.network, apply: () => ({ ...output, logits: recalled }) },
    tensors: { seen: input('seen', [outputs]) },
    batch,
    batches: { replay: batchOf('replay', rows) },
    output,
    loss: input('loss', []),
    dims: { ...plain.dims, outputs },
    losses: (z, y, _, among) => crossEntropy(z, y, among === undefined ? undefined : broadcast(among, z.shape)),
  }
}

const lossOf = (options: Partial<ErAceOptions>, c = scope()) => {
  const { loss } = made(options)
  if (loss === undefined || loss === null) throw new Error('the loss is not replaced')
  return loss(c)
}

/** Mean over the three real rows of -ln softmax of the label, among some outputs. */
const plainly = (z: readonly number[], labels: readonly number[], among: readonly number[]): number =>
  [0, 1, 2].reduce((mean, i) => {
    const row = z.slice(i * outputs, (i + 1) * outputs)
    const sum = among.reduce((s, k) => s + Math.exp(row[k] ?? 0), 0)
    return mean - ((row[labels[i] ?? 0] ?? 0) - Math.log(sum)) / 3
  }, 0)

describe('the loss of er-ace on incoming rows', () => {
  it.each([
    ['present', [2, 3]],
    ['present+unseen', [2, 3, 4, 5]],
  ] as const)('is the cross-entropy among %s outputs, and the others get a gradient of 0', (competing, among) => {
    const loss = lossOf({ competing })
    expect(valueOf(loss, env)).toBeCloseTo(plainly(env.logits, env['batch/y'], among), 12)
    const slope = valuesOf(grad(loss, logits), env)
    slope.forEach((x, i) => {
      const competes = i < 3 * outputs && among.some((k) => k === i % outputs)
      expect(x !== 0, `row ${Math.floor(i / outputs)}, output ${i % outputs}`).toBe(competes)
    })
  })

  it("is the scenario's own before the first boundary, when it begins at the second experience", () => {
    const c = scope(0)
    expect(lossOf({ begins: 'second' }, c)).toBe(c.loss)
    expect(valueOf(lossOf({ begins: 'second' }, scope(1)), env)).toBe(valueOf(lossOf({}), env))
  })
})

describe('the loss of er-ace on replayed rows', () => {
  const replay = (options: Partial<ErAceOptions>, c = scope()) => made(options).objective?.(c) ?? []

  it.each([
    ['all', [0, 1, 2, 3, 4, 5]],
    ['seen', [0, 1, 2, 3]],
  ] as const)(
    'is their mean cross-entropy among %s outputs, with weight 1 beside the incoming one',
    (replayed, among) => {
      const terms = replay({ replayed })
      expect(terms.map(({ name }) => name)).toEqual(['replay'])
      expect(valueOf(terms[0]?.value, env)).toBeCloseTo(plainly(env.recalled, env['replay/y'], among), 12)
      expect(Object.keys(made({ replayed }))).not.toContain('weight')
    },
  )

  it('is absent while nothing is drawn', () => {
    expect(replay({}, { ...scope(), batches: {} })).toEqual([])
  })
})

describe('what er-ace remembers', () => {
  it('is the outputs of all incoming rows that were no padding', () => {
    const changed = made().commit?.(scope())
    expect(valuesOf(changed?.tensors?.seen, env)).toEqual([1, 1, 1, 1, 0, 0])
  })

  it('asks for boundaries only when it begins at the second experience', () => {
    expect(made().rights).toEqual({})
    expect(made({ begins: 'second' }).rights).toEqual({ boundary: true })
  })
})

describe('a run of er-ace', () => {
  const first = (options: Partial<ErAceOptions> | undefined) => {
    const learner = tinyLearner(options === undefined ? [] : [made(options)], { hidden: [8] })
    const learned = learner.learn()
    return { learner, learned, params: learner.read('params') }
  }

  it('that begins at the second experience learns the first as naive does, bit for bit, and remembers its rows', () => {
    const late = first({ begins: 'second' })
    expect(late.params).toEqual(first(undefined).params)
    expect(late.learned.terms).toEqual({})
    expect(late.learner.world.buffers.get('er-ace/memory')?.size).toBe(12)
    expect(Object.keys(late.learner.learn().terms)).toEqual(['er-ace/replay'])
    expect(first({}).params).not.toEqual(late.params)
  })

  it('remembers the outputs of each experience', () => {
    const { learner } = first({})
    expect(learner.read('er-ace/tensor/seen')).toEqual([1, 1, 0, 0, 0, 0])
    learner.learn()
    expect(learner.read('er-ace/tensor/seen')).toEqual([1, 1, 1, 1, 0, 0])
  })

  it('forgets less than naive in a class-incremental stream', () => {
    const average = (method: Method): number => {
      const last = tinyRun(method, 'class', { training: { batch: 8, iterations: 100 } }).accuracy.matrix.at(-1) ?? []
      return last.reduce((a, b) => a + b, 0) / last.length
    }
    expect(average([made({ capacity: 40, rows: 16 })])).toBeGreaterThan(average([]) + 0.3)
  })

  it('is refused with a buffer that is smaller than the outputs are many', () => {
    const facts = { kind: 'class', outputs: 10, contexts: 5, experiences: 5 } as const
    expect(made({ capacity: 9 }).refuse?.(facts)).toHaveLength(1)
    expect(made({ capacity: 10 }).refuse?.(facts)).toEqual([])
  })
})

// What samples of primitives do not show: loops of every kind, and shapes that follow the batch.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { grad } from '../../src/graph/grad.ts'
import { layout } from '../../src/graph/layout.ts'
import * as ops from '../../src/graph/ops.ts'
import { sizeOf } from '../../src/graph/shape.ts'
import { toOnnx } from '../../src/interchange/onnx/toOnnx.ts'
import { integers } from '../../src/random/draw.ts'
import { key, named } from '../../src/random/key.ts'
import { boundsOf, worst } from './bounds.mjs'
import { runOnnx } from './ort.mjs'

const step =
  (weight) =>
  (s, { x }) => {
    const next = ops.tanh(ops.add(ops.mul(s.h, weight), x))
    return { states: { h: next }, outputs: { y: ops.mul(next, s.h), seen: s.h }, sums: { total: next } }
  }

/** Outputs for a batch of `n` rows; `x` is [n, 6] everywhere. */
const graphs = {
  'a loop with states, outputs and sums': (n, x) => {
    const rows = ops.reshape(x, [n, 3, 2])
    const { states, outputs, sums } = ops.scan(
      { states: { h: ops.zeros([n, 2]) }, inputs: { x: ops.permute(rows, [1, 0, 2]) } },
      step(0.5),
    )
    return { last: states.h, y: outputs.y, seen: outputs.seen, total: sums.total }
  },
  'a loop from the last step to the first': (n, x) => {
    const rows = ops.reshape(x, [n, 3, 2])
    const { states, outputs, sums } = ops.scan(
      { states: { h: ops.ones([n, 2]) }, inputs: { x: ops.permute(rows, [1, 0, 2]) }, reverse: true },
      step(0.25),
    )
    return { last: states.h, y: outputs.y, seen: outputs.seen, total: sums.total }
  },
  'a loop over the batch': (n, x) => {
    const { states, outputs } = ops.scan({ states: { h: ops.zeros([6]) }, inputs: { x } }, step(0.5))
    return { last: states.h, y: outputs.y }
  },
  'a loop without inputs': (n, x) => {
    const { states, outputs } = ops.scan({ states: { h: ops.literal(1), z: x }, steps: 4 }, ({ h, z }) => ({
      states: { h: ops.add(h, h), z: ops.mul(z, 0.5) },
      outputs: { h },
    }))
    return { powers: outputs.h, last: states.h, halved: states.z }
  },
  'a loop whose sum is one number': (n, x) => {
    const { states, sums } = ops.scan({ states: { h: ops.literal(1) }, inputs: { x } }, ({ h }, { x: row }) => ({
      states: { h: ops.mul(h, 0.5) },
      sums: { total: ops.mul(h, ops.sum(row)) },
    }))
    return { last: states.h, total: sums.total }
  },
  'a loop in a loop': (n, x) => {
    const rows = ops.permute(ops.reshape(x, [n, 3, 2]), [1, 0, 2])
    const { outputs } = ops.scan({ states: { h: ops.zeros([n, 2]) }, inputs: { x: rows } }, (outer, { x: now }) => {
      const inner = ops.scan({ states: { g: outer.h }, steps: 2 }, ({ g }) => ({
        states: { g: ops.tanh(ops.add(g, now)) },
      }))
      return { states: { h: inner.states.g }, outputs: { h: inner.states.g } }
    })
    return { y: outputs.h }
  },
  'the derivative of a loop': (n, x) => {
    const rows = ops.permute(ops.reshape(x, [n, 3, 2]), [1, 0, 2])
    const { states } = ops.scan({ states: { h: ops.zeros([n, 2]) }, inputs: { x: rows } }, step(0.5))
    return { value: states.h, slope: grad(ops.sum(states.h), x) }
  },
  'broadcasts that meet no matrix': (n, x) => ({
    row: ops.broadcast(ops.literal(2), [n, 3]),
    column: ops.broadcast(ops.column(ops.sum(x, 1)), [n, 4]),
    grid: ops.add(ops.column(ops.sum(x, 1)), ops.reshape(ops.sum(x, 0), [1, 6])),
    zeros: ops.mul(ops.zeros([n, 6]), 3),
    images: ops.add(
      ops.reshape(x, [n, 1, 3, 2]),
      ops.broadcast(ops.column(ops.sum(ops.reshape(x, [3 * n, 2]), 1)), [n, 1, 3, 2]),
    ),
  }),
  'ranges and vectors put together': (n, x) => {
    const flat = ops.reshape(x, [6 * n])
    return {
      back: ops.reshape(ops.assemble(12 * n, [{ at: 6 * n, value: x }]), [2 * n, 6]),
      gap: ops.assemble(6 * n + 4, [
        { at: 0, value: ops.slice(flat, 0, [3 * n]) },
        { at: 3 * n + 2, value: ops.slice(flat, 3 * n, [3 * n]) },
      ]),
    }
  },
  'reductions of what was only broadcast': (n, x) => ({
    all: ops.add(ops.sum(ops.broadcast(ops.literal(0.5), [n, 3])), ops.sum(x)),
    last: ops.sum(ops.broadcast(ops.sum(x, 0), [n, 6]), 1),
    largest: ops.maxLast(ops.broadcast(ops.column(ops.sum(x, 1)), [n, 5])),
  }),
}

for (const [name, graph] of Object.entries(graphs))
  test(`${name}: the same values for every batch`, async () => {
    const outputs = (n) => graph(n, ops.input('x', [n, 6]))
    const made = toOnnx({ outputs, batched: 'x', baked: {} })
    assert.equal(made._tag, 'Right', JSON.stringify(made.left))
    assert.equal(made.right.rows, 'any')
    for (const n of [1, 2, 5]) {
      const values = [...integers(named(key(n), name), 6 * n, 2048)].map((k) => (k - 1024) / 512)
      const theirs = await runOnnx(made.right.bytes, { x: { dtype: 'f32', shape: [n, 6], values } })
      const ours = outputs(n)
      const bounds = boundsOf(Object.values(ours), { x: values })
      Object.entries(ours).forEach(([own, { shape }], i) => {
        assert.deepEqual(theirs[own].shape, [...shape], `${own}, ${n} rows`)
        assert.equal(theirs[own].values.length, sizeOf(shape))
        const found = worst(theirs[own].values, bounds[i])
        assert.ok(found.part <= 1, `${own}, ${n} rows: ${JSON.stringify(found)}`)
      })
    }
  })

test('a parameter that is used in two shapes, and two of one name', async () => {
  const values = Float32Array.from({ length: 12 }, (_, i) => (i - 5) / 4)
  const named = layout([{ name: 'w', shape: [6, 2] }])
  const outputs = (n) => {
    const [x, p, q] = [ops.input('x', [n, 6]), ops.block('p', [12]), ops.block('q', [12])]
    const hidden = ops.dot(x, ops.slice(p, 0, [6, 2]))
    return { y: ops.add(ops.dot(hidden, ops.slice(p, 0, [2, 6])), ops.dot(hidden, ops.slice(q, 0, [2, 6]))) }
  }
  const env = { p: values, q: values.map((v) => v * v), x: values }
  const baked = { p: { values: env.p, layout: named }, q: { values: env.q, layout: named } }
  const made = toOnnx({ outputs, batched: 'x', baked })
  const { y } = await runOnnx(made.right.bytes, { x: { dtype: 'f32', shape: [2, 6], values } })
  const found = worst(y.values, boundsOf([outputs(2).y], env)[0])
  assert.ok(found.part <= 1, JSON.stringify(found))
})

// Every primitive that has a translation means the same in onnxruntime-web.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { primitives } from '../../src/graph/primitives/table.ts'
import { sizeOf } from '../../src/graph/shape.ts'
import { topological } from '../../src/graph/topological.ts'
import { translations, untranslated } from '../../src/interchange/onnx/table.ts'
import { toOnnx } from '../../src/interchange/onnx/toOnnx.ts'
import { integers } from '../../src/random/draw.ts'
import { folded, key, named } from '../../src/random/key.ts'
import { boundsOf, worst } from './bounds.mjs'
import { functionsOfOrt, runOnnx } from './ort.mjs'

const leaves = (e) => topological([e]).filter((leaf) => leaf.op.name === 'input' || leaf.op.name === 'block')

/** Grid values, positive ones for what has a domain; indices inside of the tables of the samples. */
const valuesOf = (leaf, name, k) => {
  const size = sizeOf(leaf.shape)
  if (leaf.dtype === 'u8') return [...integers(k, size, 256)]
  if (leaf.dtype === 'i32') return [...integers(k, size, 4)]
  const positive = name === 'log' || name === 'sqrt'
  return [...integers(k, size, 8192)].map((n) => (positive ? n + 1 : n - 4096) / 1024 + 1 / 2048)
}

const mean = primitives.filter((p) => p.sample !== undefined && translations[p.name] !== undefined)

test('every primitive is translated or has a reason', () => {
  for (const { name, codegen } of primitives)
    if (codegen !== 'leaf')
      assert.equal((translations[name] === undefined) !== (untranslated[name] === undefined), true, name)
})

for (const { name, sample } of mean)
  test(`${name} gives the same values`, async (t) => {
    let most = 0
    for (let i = 0; i < 12; i++) {
      const k = folded(named(key(4), name), i)
      const e = sample(k)
      const inputs = Object.fromEntries(
        leaves(e).map((leaf) => {
          const own = String(leaf.attrs.name)
          return [own, { dtype: leaf.dtype, shape: leaf.shape, values: valuesOf(leaf, name, named(k, own)) }]
        }),
      )
      const made = toOnnx({ outputs: () => ({ result: e }), batched: Object.keys(inputs)[0], baked: {}, rows: 1 })
      if (made._tag === 'Left' && name === 'convolve' && e.attrs.gives === 'weight') continue
      assert.equal(made._tag, 'Right', JSON.stringify(made.left))
      const { result: y } = await runOnnx(made.right.bytes, inputs)
      assert.deepEqual(y.shape, [...e.shape])
      const env = Object.fromEntries(Object.entries(inputs).map(([own, { values }]) => [own, values]))
      const [bound] = boundsOf([e], env, functionsOfOrt)
      const found = worst(y.values, bound)
      assert.ok(found.part <= 1, `${name} ${i}: ${JSON.stringify(found)}`)
      most = Math.max(most, found.part)
    }
    t.diagnostic(`${name}: at most ${most.toPrecision(2)} of the tolerance`)
  })

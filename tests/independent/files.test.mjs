// What other readers make of our files. There is no well kept reader of safetensors on npm: read_files.py is the one for that, by hand.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { load } from 'npyjs'
import { writeNpy } from '../../src/interchange/npy.ts'

const special = [0, -0, Infinity, -Infinity, NaN, 2 ** -149, 3.4028234663852886e38, 0.1]

for (const [name, values, shape] of [
  ['f4', Float32Array.from(special), [2, 2, 2]],
  ['f8', Float64Array.from(special), [8]],
  ['i4', Int32Array.of(-1, 0, 2 ** 31 - 1), [3, 1]],
  ['u1', Uint8Array.of(0, 127, 255, 9), [1, 2, 1, 2]],
])
  test(`npyjs reads our ${name} with the same bits`, async () => {
    const file = writeNpy({ shape, values })
    const read = await load(file.buffer)
    assert.deepEqual(read.shape, shape)
    assert.equal(read.fortranOrder, false)
    assert.equal(read.data.constructor, values.constructor)
    assert.deepEqual(
      new Uint8Array(read.data.buffer, read.data.byteOffset, read.data.byteLength),
      new Uint8Array(values.buffer),
    )
  })

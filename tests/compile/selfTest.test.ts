import { describe, expect, it } from 'vitest'
import { createSelfTest } from '../../src/compile/selfTest.js'
import { createStore, type Store } from '../../src/compile/store.js'

/** A store whose packed product turns the last bit of every f32 that it writes. */
const faulty = (): Store => {
  const store = createStore()
  const turned =
    (kernel: Store['products']['gemm']): Store['products']['gemm'] =>
    (...values) => {
      const before = new Int32Array(store.memory.buffer.slice(0))
      kernel(...values)
      const after = new Int32Array(store.memory.buffer)
      for (let i = 0; i < after.length; i++) if (after[i] !== before[i]) after[i]! ^= 1
      return undefined
    }
  return { ...store, products: { ...store.products, gemm: turned(store.products.gemm) } }
}

describe('the self-test', () => {
  it('finds nothing wrong here, before and after kernels are optimised', () => {
    const test = createSelfTest()
    for (let round = 0; round < 3; round++) expect(test.round()).toEqual([])
  })

  it('names the products of a kernel that gives one other bit', () => {
    const wrong = createSelfTest(faulty()).round()
    expect(wrong).toContain('blocks: 43×430×57 nn')
    expect(wrong).toContain('blocks: 57×430×43 tn')
    expect(wrong.filter((name) => name.startsWith('softmax') || name.startsWith('heads'))).toEqual([])
  })
})

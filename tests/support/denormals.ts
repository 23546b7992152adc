/** Denormal numbers, which make kernels many times slower: in blocks, and among the values that a program stores on its way. */
import type { Program } from '../../src/compile/program.js'
import type { Store } from '../../src/compile/store.js'
import { type Env, trace } from '../../src/graph/evaluate.js'
import { sizeOf } from '../../src/graph/shape.js'
import { phrase } from '../../src/graph/phrase.js'
import { leavesOf } from '../../src/train/handed.js'

/** Not 0, and smaller than every normal f32. */
export const isDenormal = (x: number): boolean => x !== 0 && Math.abs(x) < 2 ** -126

/** The blocks among `names` that hold a denormal. */
export const denormalBlocks = (store: Store, names: readonly string[]): readonly string[] =>
  names.filter((name) => store.read(name).some(isDenormal))

/** What a program would store now that holds a denormal: every value with a place in memory, by the reference. */
export const denormalValues = (program: Program, store: Store, inputs: Env): readonly string[] => {
  const stored = [...program.plan.places.keys()].filter((e) => e.dtype === 'f32')
  const env = Object.fromEntries(
    leavesOf(stored).map((leaf) => {
      const name = String(leaf.attrs.name)
      return [
        name,
        leaf.op.name === 'block' ? store.read(name) : (inputs[name] ?? new Float32Array(sizeOf(leaf.shape))),
      ]
    }),
  )
  const values = trace(stored, env, 'f32')
  return stored.filter((e) => values.get(e)?.some(isDenormal)).map((e) => `${e.op.name}: ${phrase(e, 5)}`)
}

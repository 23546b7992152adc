/** Running graphs through the compiler, whatever leaves they have. */
import { compile } from '../../src/compile/program.js'
import { createStore } from '../../src/compile/store.js'
import type { Expr } from '../../src/graph/expr.js'
import { topological } from '../../src/graph/topological.js'

/** The bits of f32 values. */
export const bits = (x: ArrayLike<number>): readonly number[] => [...new Int32Array(Float32Array.from(x).buffer)]

/** The values of `outputs`, compiled and run twice; inputs are fed, blocks are written, what is not read is left out. */
export const compiled = (
  outputs: readonly Expr[],
  env: Readonly<Record<string, ArrayLike<number>>>,
): readonly Float32Array[] => {
  const leaves = topological(outputs).filter((e) => e.op.codegen === 'leaf' && e.op.name !== 'literal')
  const store = createStore()
  for (const e of leaves.filter((l) => l.op.name === 'block')) {
    const name = String(e.attrs.name)
    store.block(name, e.shape, e.dtype)
    store.write(name, env[name]!)
  }
  const program = compile({ updates: {}, outputs: Object.fromEntries(outputs.map((e, i) => [`out${i}`, e])) }, store)
  const inputs = leaves.filter((l) => l.op.name === 'input').map((l) => String(l.attrs.name))
  for (let run = 0; run < 2; run++) program.run(Object.fromEntries(inputs.map((name) => [name, env[name]!])))
  return outputs.map((_, i) => program.output(`out${i}`))
}

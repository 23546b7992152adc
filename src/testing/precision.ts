/** Compiled f32 against the f32 reference, bit for bit, and against f64 within bounds that are derived from the graph. */
import { compile } from '../compile/program.js'
import { createStore } from '../compile/store.js'
import { errorBounds } from '../graph/errorBound.js'
import { type Env, evaluate } from '../graph/evaluate.js'
import type { Expr } from '../graph/expr.js'
import { topological } from '../graph/topological.js'
import { type Derivatives, named, type Transformed } from './derivatives.js'
import type { Problem } from './problem.js'
import { type Tally, tallyOf } from './tally.js'

const listOf = (given: ArrayLike<number> | number | undefined): ArrayLike<number> =>
  typeof given === 'number' ? [given] : (given ?? [])

/** What a compiled program gives for `roots`. */
export const compiledValues = (roots: readonly Expr[], env: Env): readonly Float32Array[] => {
  const store = createStore()
  const leaves = topological(roots)
  for (const e of leaves) {
    if (e.op.name !== 'block') continue
    const name = String(e.attrs.name)
    store.block(name, e.shape, e.dtype)
    store.write(name, listOf(env[name]))
  }
  const outputs = Object.fromEntries(roots.map((e, i) => [`root ${i}`, e]))
  const program = compile({ updates: {}, outputs }, store)
  const inputs = leaves.filter((e) => e.op.name === 'input').map((e) => String(e.attrs.name))
  program.run(Object.fromEntries(inputs.map((name) => [name, env[name] ?? []])))
  return roots.map((_, i) => program.output(`root ${i}`))
}

// the payload of a NaN is not promised
const bitsOf = (x: Float32Array): Int32Array => new Int32Array(x.map((v) => (v !== v ? Number.NaN : v)).buffer)

/** Compares values and gradients of a problem. */
export const precision = (problem: Problem, graphs: Transformed, { u }: Derivatives): Tally => {
  const tally = tallyOf('precision')
  const { outputs, variables } = problem
  const roots = [...outputs.map((o) => o.value), ...graphs.reverse.flat()]
  const env = { ...problem.env, ...named(graphs.cotangents, u) }
  const f32 = evaluate(roots, env, 'f32')
  const compiled = compiledValues(roots, env)
  const bounds = errorBounds(roots, env)
  roots.forEach((_, r) => {
    const isValue = r < outputs.length
    const output = isValue ? r : Math.floor((r - outputs.length) / variables.length)
    const argument = isValue ? -1 : (variables[(r - outputs.length) % variables.length]?.argument ?? -1)
    const what = isValue ? 'value' : 'gradient'
    const [reference, made, { value, error }] = [f32[r]!, compiled[r]!, bounds[r]!]
    const [a, b] = [bitsOf(reference), bitsOf(made)]
    const scale = value.reduce((most, x) => (Math.abs(x) > most ? Math.abs(x) : most), 0)
    for (let i = 0; i < reference.length; i++) {
      const place = { output, argument, entry: i }
      if (a[i] !== b[i])
        tally.compare({ got: made[i]!, want: reference[i]!, tolerance: 0, scale }, () => ({
          ...place,
          claim: `${what} as compiled against the reference in f32, bit for bit`,
          names: ['compiled', 'reference'],
          reason: 'the two compute the same roundings in the same order',
        }))
      // where there is no bound there is nothing to compare: f32 overflows, or is on another branch than f64
      if (!Number.isFinite(error[i]!)) continue
      tally.compare({ got: reference[i]!, want: value[i]!, tolerance: error[i]!, scale }, () => ({
        ...place,
        claim: `${what} in f32 against f64`,
        names: ['f32', 'f64'],
        reason: 'a running bound of all roundings on the way (Higham 2002, section 3.3)',
      }))
    }
  })
  return tally
}

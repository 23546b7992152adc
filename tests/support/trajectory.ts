/** An optimiser taken through a list of gradients, by the reference or by a compiled program. */
import { compile } from '../../src/compile/program.js'
import { createStore } from '../../src/compile/store.js'
import { evaluate } from '../../src/graph/evaluate.js'
import { block, input } from '../../src/graph/ops.js'
import { initialSlot, type Optimiser } from '../../src/optim/optimiser.js'

type Vectors = readonly (readonly number[])[]

const stepOf = (optimiser: Optimiser, size: number) => {
  const slots = Object.fromEntries(optimiser.slots.map((s) => [s.name, block(s.name, s.shape(size))]))
  const stepped = optimiser.update({ gradient: input('g', [size]), params: block('params', [size]), slots })
  return { params: stepped.params, ...stepped.slots }
}

/** Parameters and slots after each gradient, evaluated by the reference. */
export const evaluated = (
  optimiser: Optimiser,
  start: readonly number[],
  gradients: Vectors,
  precision: 'f32' | 'f64',
): readonly Readonly<Record<string, readonly number[]>>[] => {
  const updates = stepOf(optimiser, start.length)
  const names = Object.keys(updates)
  const first = Float32Array.from(start)
  let state: Record<string, number[]> = {
    params: [...start],
    ...Object.fromEntries(optimiser.slots.map((s) => [s.name, [...initialSlot(s, first)]])),
  }
  return gradients.map((g) => {
    const [roots, env] = [Object.values(updates), { ...state, g }]
    const values = precision === 'f32' ? evaluate(roots, env, 'f32') : evaluate(roots, env, 'f64')
    state = { ...state, ...Object.fromEntries(names.map((name, i) => [name, [...(values[i] ?? [])]])) }
    return state
  })
}

/** The same by a compiled program. */
export const compiled = (
  optimiser: Optimiser,
  start: readonly number[],
  gradients: Vectors,
): readonly Readonly<Record<string, readonly number[]>>[] => {
  const store = createStore()
  store.block('params', [start.length])
  store.write('params', start)
  for (const s of optimiser.slots) {
    store.block(s.name, s.shape(start.length))
    store.write(s.name, initialSlot(s, Float32Array.from(start)))
  }
  const program = compile({ updates: stepOf(optimiser, start.length), outputs: {} }, store)
  const names = ['params', ...optimiser.slots.map(({ name }) => name)]
  return gradients.map((g) => {
    program.run({ g })
    return Object.fromEntries(names.map((name) => [name, [...store.read(name)]]))
  })
}

/** Parameters after each gradient, in f64. */
export const trajectory = (optimiser: Optimiser, start: readonly number[], gradients: Vectors): Vectors =>
  evaluated(optimiser, start, gradients, 'f64').map(({ params }) => params ?? [])

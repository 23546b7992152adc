/** Layers one after another as a network. */
import type { Expr } from '../graph/expr.js'
import { type Layout, layout, view } from '../graph/layout.js'
import { assemble, literal, reshape, broadcast } from '../graph/ops.js'
import { assertOptions, callable, listOf, type Rule, wholeFrom } from '../graph/options.js'
import { assertAxes, assertShape, type Shape, sizeOf } from '../graph/shape.js'
import { named } from '../random/key.js'
import type { Layer, LayerOf } from './layer.js'
import type { Activation, Network, NetworkState } from './network.js'

interface Placed {
  readonly layer: Layer
  readonly prefix: string
}

/** What constructors ask of the shape of one example. */
export const shapeRule: Rule = {
  ...listOf(wholeFrom(1)),
  expected: 'a list of axes, every length a whole number from 1',
}

/** What the draws of a layer are called: the pass, where there are several, and the layer. */
const labelled = (pass: string | undefined, prefix: string): string =>
  pass === undefined ? prefix : `${pass}/${prefix}`

const flat = (x: Expr): Expr => reshape(x, [x.shape[0]!, sizeOf(x.shape) / x.shape[0]!])

const place = (shape: Shape, layers: readonly LayerOf[]): readonly Placed[] => {
  const counts = new Map<string, number>()
  const placed: Placed[] = []
  let given = shape
  for (const layerOf of layers) {
    const layer = layerOf(given)
    const number = counts.get(layer.kind) ?? 0
    counts.set(layer.kind, number + 1)
    placed.push({ layer, prefix: `${layer.kind}${number}` })
    given = layer.shape
  }
  return placed
}

/**
 * A network over rows that hold examples of `shape`, last axis fastest. Its outputs are those of the last layer, flattened; its
 * features those of the layer before. Tensors are called `<kind><number>/<name>`, in the order of the layers. Throws on a shape that no
 * example has, without layers, and where a layer cannot take what the one before it makes.
 */
export const stack = (shape: Shape, layers: readonly LayerOf[]): Network => {
  assertOptions('stack', { shape, layers }, { shape: shapeRule, layers: listOf(callable) })
  assertAxes('stack', shape)
  const placed = place(shape, layers)
  const last = placed.at(-1)
  if (last === undefined) throw new Error('stack: expected one layer or more')
  const l = layout(
    placed.flatMap(({ layer, prefix }) =>
      layer.parameters.map((p) => ({ name: `${prefix}/${p.name}`, shape: p.shape })),
    ),
  )
  const state = stateOf(placed)
  const inputs = sizeOf(shape)
  return {
    layout: l,
    inputs,
    outputs: sizeOf(last.layer.shape),
    ...(state === undefined ? {} : { state }),
    ...(placed.some(({ layer }) => layer.draws === true) ? { draws: true } : {}),
    apply: (params, x, { training, state: before, context } = {}) => {
      assertShape(x.shape.length === 2 && x.shape[1] === inputs, 'network', `rows of ${inputs} inputs`, x.shape)
      const kept = new Map<string, Expr>()
      const activations: Activation[] = []
      let features = x
      let value = reshape(x, [x.shape[0]!, ...shape])
      let block = ''
      for (const { layer, prefix } of placed) {
        if (layer === last.layer) features = flat(value)
        if (layer.parameters.length > 0 && layer.isActivation !== true) block = prefix
        const passed = layer.apply(value, {
          own: (name) => view(l, params, `${prefix}/${name}`),
          kept: (name) => keptTensor(state, before, `${prefix}/${name}`),
          training: training === undefined ? undefined : { ...training, label: labelled(training.label, prefix) },
          context,
        })
        value = passed.value
        for (const [name, after] of Object.entries(passed.kept ?? {})) kept.set(`${prefix}/${name}`, after)
        if (layer.isActivation === true || layer.isHidden === true) activations.push({ name: block, value })
      }
      const made = { logits: flat(value), features, activations }
      if (training === undefined || state === undefined) return made
      const parts = state.layout.entries.map(({ name, offset }) => ({
        at: offset,
        value: kept.get(name) ?? keptTensor(state, before, name),
      }))
      return { ...made, state: assemble(state.layout.size, parts) }
    },
    initialise: (key) => {
      const out = new Float32Array(l.size)
      for (const { layer, prefix } of placed)
        for (const p of layer.parameters) {
          const name = `${prefix}/${p.name}`
          out.set(p.initialise(named(key, name)), l.entries.find((e) => e.name === name)?.offset)
        }
      return out
    },
  }
}

const stateOf = (placed: readonly Placed[]): NetworkState | undefined => {
  const tensors = placed.flatMap(({ layer, prefix }) =>
    (layer.kept ?? []).map((kept) => ({ ...kept, name: `${prefix}/${kept.name}` })),
  )
  if (tensors.length === 0) return undefined
  const l = layout(tensors)
  const initial = new Float32Array(l.size)
  l.entries.forEach(({ name, offset, size }, i) => {
    const { init } = tensors[i]!
    if (typeof init === 'number') initial.fill(init, offset, offset + size)
    else if (init.length === size) initial.set(init, offset)
    else throw new Error(`stack: '${name}' has ${init.length} initial values, its shape needs ${size}`)
  })
  return { layout: l, initial, boundary: tensors.map((t) => t.boundary) }
}

const keptTensor = (state: NetworkState | undefined, before: Expr | undefined, name: string): Expr => {
  if (state === undefined) throw new Error(`network: keeps no tensor '${name}'`)
  return before === undefined ? initialTensor(state, name) : view(state.layout, before, name)
}

const initialTensor = (
  { layout: l, initial }: { readonly layout: Layout; readonly initial: Float32Array },
  name: string,
): Expr => {
  const entry = l.entries.find((e) => e.name === name)
  const values = initial.subarray(entry?.offset ?? 0, (entry?.offset ?? 0) + (entry?.size ?? 0))
  const [first = 0] = values
  if (!values.every((v) => Object.is(v, first)))
    throw new Error(
      `network: '${name}' is kept in the state: give the pass a state that starts from the network's initial one`,
    )
  return broadcast(literal(first), entry?.shape ?? [])
}

/** Expressions as an ONNX model: from the graph as written, so that operators stand for functions and not for their polynomials. */
import type { Expr } from '../../graph/expr.js'
import type { Layout } from '../../graph/layout.js'
import { phrase } from '../../graph/phrase.js'
import { simplify } from '../../graph/simplify.js'
import { topological } from '../../graph/topological.js'
import type { Problem } from '../../codec/problem.js'
import type { Numbers } from '../numbers.js'
import { type Reading, unless } from '../reading.js'
import type { Dim } from './dims.js'
import { createEmitter, type Emitter, type Value } from './emitter.js'
import { type OnnxNode, writeModel } from './model.js'
import { translations, untranslated } from './table.js'
import type { Scene } from './translation.js'
import { type Twins, twinsOf } from './twins.js'

/** Values that become part of the model, and the names of their ranges if they have some. */
export interface Baked {
  readonly values: Numbers
  readonly layout?: Layout
}

/** What a model is made from. */
export interface OnnxSpec {
  /** The outputs by name, for a batch of `n` rows. What they read and what is not baked is an input of the model. */
  readonly outputs: (n: number) => Readonly<Record<string, Expr>>
  /** An input whose first axis is the batch. */
  readonly batched: string
  /** Values of blocks and inputs by name. */
  readonly baked: Readonly<Record<string, Baked>>
  /** Rows of a batch; absent: any number where the graph allows it, else one. */
  readonly rows?: number
  /** Texts about the model. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** A model: the bytes of its file, and how many rows it takes (`any`: as many as it is given). */
export interface OnnxModel {
  readonly bytes: Uint8Array
  readonly rows: number | 'any'
}

/** Batches that a graph is built for to see how its lengths follow them; others where a layer happens to have such a size. */
const attempts: readonly Dim[] = [
  [127, 131, 137],
  [211, 223, 227],
]

/**
 * A model of operator set 18 that computes the outputs. Left names every expression that ONNX has no operators for. Values agree with
 * ours up to rounding: other sums are made in another order, and other polynomials stand behind `exp` and its like.
 */
export const toOnnx = (spec: OnnxSpec): Reading<OnnxModel> => {
  const { rows, metadata = {} } = spec
  for (const batches of rows === undefined ? attempts : []) {
    const made = attempt(spec, batches)
    if (made !== undefined && made.refused.length === 0)
      return unless([], () => ({ bytes: writeModel(made.graph, metadata), rows: 'any' }))
  }
  const n = rows ?? 1
  const made = attempt(spec, [n])
  if (made === undefined) throw new Error('onnx: a graph differs from itself')
  const problems = made.refused.map((got): Problem => ({ path: 'onnx', expected: 'operators of ONNX', got }))
  return unless(problems, () => ({ bytes: writeModel(made.graph, metadata), rows: n }))
}

const attempt = (spec: OnnxSpec, batches: Dim) => {
  const builds = batches.map((n) => spec.outputs(n))
  const roots = builds.map((outputs) => simplify(Object.values(outputs)))
  const twins = twinsOf(roots)
  if (twins === undefined) return undefined
  const emit = createEmitter(batches, spec.batched)
  const inputs = new Map<string, Value>()
  const scene = sceneOf(spec, twins, emit, inputs)
  const names = Object.keys(builds[0] ?? {})
  const outputs = scene.within(new Map(), roots[0] ?? []).map((value, i) => {
    const dims = twins.dims(roots[0]![i]!)
    return { ...emit.ops('Identity', [emit.exact(value, dims)], [{ dims, type: 'f32' }], {})[0]!, as: names[i] ?? '' }
  })
  for (const name of names)
    if (inputs.has(name)) throw new Error(`toOnnx: '${name}' is the name of an input and of an output`)
  const { nodes, constants, refused } = emit.made()
  const as = new Map(outputs.map((value) => [value.name, value.as]))
  const kept = needed(nodes, [...as.keys()])
  const read = new Set(kept.flatMap(namesRead))
  if (read.has(spec.batched) && !inputs.has(spec.batched))
    throw new Error(`toOnnx: nothing reads '${spec.batched}', whose rows the batch is counted by`)
  const graph = {
    name: 'engram',
    inputs: [...inputs.values()].map(emit.describe),
    outputs: outputs.map((value) => ({ ...emit.describe(value), name: value.as })),
    constants: constants.filter(({ name }) => read.has(name)),
    nodes: kept.map((node) => ({ ...node, outputs: node.outputs.map((name) => as.get(name) ?? name) })),
  }
  return { graph, refused }
}

const namesRead = ({ inputs, attributes }: OnnxNode): readonly string[] => [
  ...inputs,
  ...Object.values(attributes).flatMap((value) =>
    typeof value === 'object' && 'graph' in value ? value.graph.nodes.flatMap(namesRead) : [],
  ),
]

/** Operators that the outputs depend on. */
const needed = (nodes: readonly OnnxNode[], outputs: readonly string[]): readonly OnnxNode[] => {
  const wanted = new Set(outputs)
  const kept: OnnxNode[] = []
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => wanted.has(name))) continue
    kept.unshift(node)
    for (const name of namesRead(node)) wanted.add(name)
  }
  return kept
}

const sceneOf = ({ baked }: OnnxSpec, twins: Twins, emit: Emitter, inputs: Map<string, Value>): Scene => {
  const { dims, number } = twins
  const parts = new Map<Expr, readonly Value[]>()
  const leaf = (e: Expr): Value => {
    const name = String(e.attrs.name)
    const known = baked[name]
    if (known !== undefined) return emit.constant(known.values, e.shape, name)
    const found = inputs.get(name) ?? { name, type: e.dtype, dims: dims(e) }
    inputs.set(name, found)
    return found
  }
  const sceneWith = (values: Map<Expr, Value>): Scene => {
    const of = (e: Expr): Value => values.get(e) ?? leaf(e)
    const scene: Scene = {
      emit,
      of,
      exact: (e) => emit.exact(of(e), dims(e)),
      dims,
      number,
      parts,
      within: (given, roots) => {
        const own = new Map(given)
        const inner = sceneWith(own)
        for (const e of topological(roots)) if (!own.has(e)) own.set(e, translated(e, inner))
        return roots.map(inner.of)
      },
      nameOf: (constant, from, size) =>
        baked[constant]?.layout?.entries.find((entry) => entry.offset === from && entry.size === size)?.name,
      refuse: (e, reason) => {
        emit.refuse(`${phrase(e, 3)} (${e.op.name}: ${reason})`)
        return { name: 'refused', type: 'f32', dims: dims(e) }
      },
    }
    return scene
  }
  const translated = (e: Expr, scene: Scene): Value => {
    if (e.op.codegen === 'leaf' && e.op.name !== 'literal') return leaf(e)
    const translate = translations[e.op.name]
    return translate === undefined
      ? scene.refuse(e, untranslated[e.op.name] ?? 'nobody has written its translation')
      : translate(e, scene)
  }
  return sceneWith(new Map())
}

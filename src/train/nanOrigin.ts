/** The origin of a NaN or an infinity: the step is evaluated again, node by node, by the reference. */
import { type Culprit, culprit } from '../graph/culprit.js'
import { type Env, trace } from '../graph/evaluate.js'
import type { Expr, Vector } from '../graph/expr.js'
import type { Layout } from '../graph/layout.js'
import { type NameOf, phrase, short } from '../graph/phrase.js'
import type { Shape } from '../graph/shape.js'
import { simplify } from '../graph/simplify.js'
import { topological } from '../graph/topological.js'
import type { Finding, Held, Origin, When } from './finding.js'
import type { Part } from './staged.js'

/** Tells the values that are looked for. */
export const isKind = { NaN: (x: number) => x !== x, infinity: (x: number) => Math.abs(x) === Number.POSITIVE_INFINITY }

/** A graph with all it reads, and what is known about it. */
export interface Scene {
  readonly roots: readonly Expr[]
  readonly parts: readonly Part[]
  readonly env: Env
  readonly layout: Layout
  readonly when: When
  /** Where the infinity in a resident block came from, at an earlier step. */
  readonly earlier: ReadonlyMap<string, Origin>
}

/** Levels of an expression that are written out. */
const depth = 4

/** Coordinates of a flat index. */
const coordinates = (shape: Shape, element: number): string => {
  const at: number[] = []
  let rest = element
  for (const d of shape.toReversed()) {
    at.unshift(rest % d)
    rest = Math.floor(rest / d)
  }
  return at.length === 0 ? '' : `[${at.join(', ')}]`
}

const elementIn = ({ size, entries }: Layout, shape: Shape, element: number): string => {
  const entry = entries.find(({ offset, size: own }) => element >= offset && element < offset + own)
  return shape.length === 1 && shape[0] === size && entry !== undefined
    ? `${entry.name}${coordinates(entry.shape, element - entry.offset)}`
    : coordinates(shape, element)
}

/** Parameters are called by their entries: a slice of the vector of all of them is `dense0/weight`. */
const namesIn =
  ({ size, entries }: Layout): NameOf =>
  (e) => {
    const [flat] = e.args
    if (e.op.name !== 'slice' || flat?.op.name !== 'block' || flat.shape.length !== 1 || flat.shape[0] !== size)
      return undefined
    const entry = entries.find(({ offset }) => offset === e.attrs.from)
    const block = String(flat.attrs.name)
    return entry === undefined ? undefined : block === 'params' ? entry.name : `${block}:${entry.name}`
  }

const summary = (values: Vector): string => {
  const [only] = values
  if (values.length === 1 && only !== undefined) return short(only)
  let [low, high, infinite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
  for (const x of values) {
    if (isKind.infinity(x)) infinite++
    else if (x < low) low = x
    if (Number.isFinite(x) && x > high) high = x
  }
  const range = low > high ? [] : [low === high ? short(low) : `${short(low)} to ${short(high)}`]
  return [...range, ...(infinite === 0 ? [] : [`${infinite} of ${values.length} infinite`])].join(', ')
}

/** Values that can be at fault for an element: the same element where the operation works element by element, else all. */
const relevant = ({ node, element }: Culprit, values: Vector): Vector =>
  node.op.codegen === 'lane' ? values.slice(element, element + 1) : values

/** Evaluates the scene and follows the values of this kind back. Undefined: the reference has none. */
export const originOf = (scene: Scene, kind: Finding['kind']): Origin | undefined => {
  const written = [...scene.roots, ...scene.parts.flatMap((part) => part.roots)]
  const simple = simplify(written)
  const simpler = new Map(written.map((e, i) => [e, simple[i] ?? e]))
  const roots = simple.slice(0, scene.roots.length)
  const values = trace(roots, scene.env, 'f32')
  const nameOf = namesIn(scene.layout)

  const partOf = (node: Expr): string =>
    scene.parts.find((part) => topological(part.roots.map((e) => simpler.get(e) ?? e)).includes(node))?.name ?? ''

  const tell = (found: Culprit, followed: Finding['kind']): Origin => {
    const { node, element } = found
    const { op, args, shape } = node
    const name = String(node.attrs.name)
    const known = followed === 'infinity' && op.name === 'block' ? scene.earlier.get(name) : undefined
    if (known !== undefined) return known
    const held = args.map((arg) => relevant(found, values.get(arg) ?? new Float32Array(0)))
    const holds = args.map(
      (arg, i): Held => ({
        expression: phrase(arg, depth - 1, nameOf),
        value: summary(held[i] ?? new Float32Array(0)),
      }),
    )
    const infinite = followed === 'infinity' ? [] : args.filter((_, i) => held[i]?.some(isKind.infinity))
    const source = culprit(infinite, values, isKind.infinity)
    return {
      when: scene.when,
      part: partOf(node),
      operation: op.name,
      shape,
      element: elementIn(scene.layout, shape, element),
      expression: phrase(node, depth, nameOf),
      holds,
      infinity: source === undefined ? null : tell(source, 'infinity'),
    }
  }
  const found = culprit(roots, values, isKind[kind])
  return found === undefined ? undefined : tell(found, kind)
}

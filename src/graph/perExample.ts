/**
 * Sums of squared or absolute per-example gradients as a graph transform. For a dense layer with inputs `a` [n, K] and per-example
 * cotangents `δ` [n, N], `Σ_n w_n (∂loss_n/∂W)² = (a∘a)ᵀ(w δ∘δ)`: exact, at the cost of a batched gradient, where a loop with
 * batch size 1 is ten times slower. Terms that differ only in the label share that product: `(a∘a)ᵀ Σ_y w_y δ_y∘δ_y`.
 * As `(ab)² = a²b²`, `|ab| = |a||b|`: sums of absolute gradients are `|a|ᵀ(w |δ|)`.
 * For a convolution the gradient of one example is itself a sum over pixels, so it is made for each image and then squared; and so it
 * is for gains and biases that are repeated over rows and pixels, as normalisation does.
 */
import type { Expr } from './expr.js'
import { grad } from './grad.js'
import { refuseMixing } from './mixing.js'
import { abs, column, mul, ones, square } from './ops.js'
import { add } from './primitives/add.js'
import { convolveFace, convolvePrimitive } from './primitives/convolve.js'
import { formOf } from './primitives/convolveForm.js'
import { dot, dotPrimitive } from './primitives/dot.js'
import { cotangentFloor, flush, squareFloor, weightedFloor } from './primitives/flush.js'
import { reshape, reshapePrimitive } from './primitives/reshape.js'
import { scanPrimitive } from './primitives/scan.js'
import { assemble, type Part, slicePrimitive } from './primitives/sliceAssemble.js'
import { broadcastMode, broadcastPrimitive, sum } from './primitives/sumBroadcast.js'
import { assertShape, sizeOf } from './shape.js'
import { simplify } from './simplify.js'
import { reaching, sweepBack } from './sweep.js'
import { topological } from './topological.js'

/** One loss per example with a weight per example, both `[n]`. */
export interface ExampleLoss {
  readonly loss: Expr
  readonly weight: Expr
}

/** What is summed of each example's gradient: its magnitude, element by element; that of a product is the product of magnitudes. */
interface Magnitude {
  /** The function that people call, for errors. */
  readonly caller: string
  readonly of: (gradient: Expr) => Expr
}

/**
 * A use of the parameters from `at` on. Through a product: its input and weighted magnitudes of cotangents, which terms over the same
 * input add up before the product. Otherwise `input` is null and the magnitudes `[n, size]` are summed over examples as they are.
 */
interface Use {
  readonly at: number
  readonly input: Expr | null
  readonly transposed: boolean
  readonly magnitudes: Expr
  /** Whether terms add up their magnitudes first; not where these are large. */
  readonly shared: boolean
}

/**
 * `Σ_terms Σ_n weight_n (∂loss_n/∂params)²`, a vector of the size of `params`.
 * Defined where each range of `params` is used once, by a product or a convolution whose rows are the examples, or repeated over them
 * (by itself or after functions element by element of parameters alone), and nothing mixes examples; throws otherwise, naming the operation.
 */
export const perExampleSquares = (terms: readonly ExampleLoss[], params: Expr): Expr =>
  perExample({ caller: 'perExampleSquares', of: square }, terms, params)

/** `Σ_terms Σ_n weight_n |∂loss_n/∂params|` for weights of at least 0, a vector of the size of `params`. Defined where `perExampleSquares` is. */
export const perExampleAbsolutes = (terms: readonly ExampleLoss[], params: Expr): Expr =>
  perExample({ caller: 'perExampleAbsolutes', of: abs }, terms, params)

const perExample = (magnitude: Magnitude, terms: readonly ExampleLoss[], params: Expr): Expr => {
  const { caller } = magnitude
  const roots = simplify([params, ...terms.flatMap((t) => [t.loss, t.weight])])
  const target = roots[0]
  if (target === undefined) throw new Error(`${caller}: no parameters`)
  const uses: Use[] = []
  terms.forEach((_, i) => {
    const loss = roots[1 + 2 * i]!
    const weight = roots[2 + 2 * i]!
    assertShape(
      loss.shape.length === 1 && sizeOf(weight.shape) === sizeOf(loss.shape),
      caller,
      'losses and weights [n]',
      loss.shape,
      weight.shape,
    )
    for (const use of usesIn(magnitude, loss, weight, target)) {
      const same = uses.findIndex(
        (u) => use.shared && u.at === use.at && u.input === use.input && u.transposed === use.transposed,
      )
      const known = uses[same]
      if (known === undefined) uses.push(use)
      else uses[same] = { ...use, magnitudes: add(known.magnitudes, use.magnitudes) }
    }
  })
  const parts = new Map<number, Part>()
  for (const use of uses) {
    const known = parts.get(use.at)
    // Terms over different rows do not share a product; their sums add up.
    parts.set(use.at, {
      at: use.at,
      value: known === undefined ? summed(magnitude, use) : add(known.value, summed(magnitude, use)),
    })
  }
  return assemble(sizeOf(target.shape), [...parts.values()])
}

/** The sum over examples of one use. */
const summed = (magnitude: Magnitude, { input, transposed, magnitudes }: Use): Expr => {
  if (input === null) return sum(magnitudes, 'leading')
  const a = magnitude.of(flush(input, squareFloor))
  return transposed ? dot(magnitudes, a, { ta: true }) : dot(a, magnitudes, { ta: true })
}

/** Reverse sweep of one term with a cotangent of ones per example, stopping at the uses of parameters. */
const usesIn = (magnitude: Magnitude, loss: Expr, weight: Expr, params: Expr): readonly Use[] => {
  const { caller } = magnitude
  const order = topological([loss])
  const live = reaching(order, [params])
  if (order.some((e) => e.op === scanPrimitive && live.has(e)))
    throw new Error(`${caller}: a loop ('scan') uses parameters at every step; only products that run once may`)
  const n = sizeOf(loss.shape)
  const views = new Set(order.filter((e) => isView(e, params)))
  const alone = madeOf(order, live, views)
  const ends = new Set([...views, ...alone.keys()])
  const uses: Use[] = []
  const seen = new Set<number>()
  const weighted = (d: Expr): Expr => flush(mul(column(weight), magnitude.of(flush(d, squareFloor))), weightedFloor)
  sweepBack({ order, live, ends }, loss, ones(loss.shape), (ct, e, wanted) => {
    refuseMixing(caller, e, n, (a) => live.has(a) && !ends.has(a))
    e.args.forEach((arg, i) => {
      if (!ends.has(arg)) return
      const claim = (view: Expr, allowed: boolean): number => {
        const at = offsetOf(view, params)
        if (!allowed || seen.has(at))
          throw new Error(
            `${caller}: parameters at ${at} are used by '${e.op.name}'${seen.has(at) ? ' a second time' : ''}; only one product, convolution or broadcast over rows may use them`,
          )
        seen.add(at)
        return at
      }
      if (!views.has(arg) || e.op === broadcastPrimitive) {
        const isRepeated = e.op === broadcastPrimitive && broadcastMode(e) !== 'column'
        for (const view of alone.get(arg) ?? [arg]) {
          const at = claim(view, isRepeated)
          const each = weighted(repeatedOver(ct, n, sizeOf(arg.shape)))
          const magnitudes =
            view === arg ? each : mul(each, reshape(magnitude.of(grad(sum(arg, 'all'), view)), [sizeOf(view.shape)]))
          uses.push({ at, input: null, transposed: false, magnitudes, shared: false })
        }
        return
      }
      const at = claim(arg, (e.op === dotPrimitive || e.op === convolvePrimitive) && i > 0)
      if (e.op === convolvePrimitive)
        uses.push({ at, input: null, transposed: false, magnitudes: weighted(ofEachImage(ct, e, i)), shared: false })
      else {
        const input = i === 2 ? null : (e.args[0] ?? null)
        uses.push({ at, input, transposed: e.attrs.tb === true, magnitudes: weighted(ct), shared: true })
      }
    })
    const parts = e.op.vjp?.(ct, e, wanted)
    if (parts === undefined) throw new Error(`${caller}: '${e.op.name}' has no derivative`)
    return parts
  })
  return uses
}

/**
 * What is made of parameters alone, element by element, such as a gain divided by a running deviation; with the views that it is made of.
 * How it depends on each of them is a diagonal, so magnitudes of gradients in it become magnitudes in them.
 */
const madeOf = (
  order: readonly Expr[],
  live: ReadonlySet<Expr>,
  views: ReadonlySet<Expr>,
): ReadonlyMap<Expr, readonly Expr[]> => {
  const made = new Map<Expr, readonly Expr[]>()
  for (const e of order) {
    const from = e.args.filter((a) => live.has(a))
    const isElementwise = e.op.codegen === 'lane' && from.every((a) => sizeOf(a.shape) === sizeOf(e.shape))
    if (views.has(e) || from.length === 0 || !isElementwise || !from.every((a) => views.has(a) || made.has(a))) continue
    made.set(e, [...new Set(from.flatMap((a) => made.get(a) ?? [a]))])
  }
  return made
}

/** Cotangents of a vector of `size` numbers that was repeated over rows and positions, for each of `n` examples: [n, size]. */
const repeatedOver = (ct: Expr, n: number, size: number): Expr => {
  const positions = sizeOf(ct.shape) / n / size
  return positions === 1 ? reshape(ct, [n, size]) : overPositions(reshape(ct, [n, positions, 1, size]))
}

/** Sums over the pixels of each image, [n, h, w, o] → [n, o]: the gradient of a kernel of one pixel over an image of ones. */
const overPositions = (y: Expr): Expr => {
  const [n = 1, h = 1, w = 1, o = 1] = y.shape
  const pixels = { n, h, w, c: 1, kh: 1, kw: 1, o, oh: h, ow: w, stride: 1, pad: 0 }
  return reshape(convolveFace(pixels, 'weight', { x: ones([n, h, w, 1]), y }, { each: true }), [n, o])
}

/** Gradients of a convolution's kernel (argument 1) or initial values (2) for each image, `[n, size]`. */
const ofEachImage = (ct: Expr, e: Expr, argument: number): Expr => {
  const form = formOf(e)
  const y = flush(ct, cotangentFloor)
  if (argument === 1) return convolveFace(form, 'weight', { x: e.args[0]!, y }, { each: true })
  return overPositions(y)
}

const isView = (e: Expr, params: Expr): boolean =>
  e === params ||
  ((e.op === slicePrimitive || e.op === reshapePrimitive) && e.args[0] !== undefined && isView(e.args[0], params))

const offsetOf = (e: Expr, params: Expr): number =>
  e === params
    ? 0
    : (e.op === slicePrimitive ? Number(e.attrs.from) : 0) + (e.args[0] === undefined ? 0 : offsetOf(e.args[0], params))

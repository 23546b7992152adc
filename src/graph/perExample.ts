/**
 * Sums of squared per-example gradients as a graph transform. For a dense layer with inputs `a` [n, K] and per-example
 * cotangents `δ` [n, N], `Σ_n w_n (∂loss_n/∂W)² = (a∘a)ᵀ(w δ∘δ)`: exact, at the cost of a batched gradient, where a loop with
 * batch size 1 is ten times slower. Terms that differ only in the label share that product: `(a∘a)ᵀ Σ_y w_y δ_y∘δ_y`.
 */
import { addCotangents } from './cotangents.js'
import type { Expr } from './expr.js'
import { reaching } from './grad.js'
import { column, mul, ones, square } from './ops.js'
import { add } from './primitives/add.js'
import { dot, dotPrimitive } from './primitives/dot.js'
import { flush, squareFloor } from './primitives/flush.js'

import { assemble, type Part, slicePrimitive } from './primitives/sliceAssemble.js'
import { broadcastMode, broadcastPrimitive, sum } from './primitives/sumBroadcast.js'
import { assertShape, sizeOf } from './shape.js'
import { simplify } from './simplify.js'
import { topological } from './topological.js'

/** One loss per example with a weight per example, both `[n]`. */
export interface ExampleLoss {
  readonly loss: Expr
  readonly weight: Expr
}

/** A use of parameters by a product: the layer's input (null for a bias) and the sum over terms of weighted squared cotangents. */
interface Use {
  readonly at: number
  readonly transposed: boolean
  readonly input: Expr | null
  readonly squares: Expr
}

/**
 * `Σ_terms Σ_n weight_n (∂loss_n/∂params)²`, a vector of the size of `params`.
 * Defined where each range of `params` is used once, by a product whose rows are the examples, and nothing mixes examples;
 * throws otherwise, naming the operation.
 */
export const perExampleSquares = (terms: readonly ExampleLoss[], params: Expr): Expr => {
  const roots = simplify([params, ...terms.flatMap((t) => [t.loss, t.weight])])
  const target = roots[0]
  if (target === undefined) throw new Error('perExampleSquares: no parameters')
  const uses: Use[] = []
  terms.forEach((_, i) => {
    const loss = roots[1 + 2 * i]!
    const weight = roots[2 + 2 * i]!
    assertShape(
      loss.shape.length === 1 && sizeOf(weight.shape) === sizeOf(loss.shape),
      'perExampleSquares',
      'losses and weights [n]',
      loss.shape,
      weight.shape,
    )
    for (const use of sweep(loss, weight, target)) {
      const same = uses.findIndex((u) => u.at === use.at && u.input === use.input && u.transposed === use.transposed)
      const known = uses[same]
      if (known === undefined) uses.push(use)
      else uses[same] = { ...use, squares: add(known.squares, use.squares) }
    }
  })
  const parts = new Map<number, Part>()
  for (const { at, transposed, input, squares } of uses) {
    const a2 = input === null ? null : square(flush(input, squareFloor))
    const product = (a: Expr): Expr => (transposed ? dot(squares, a, { ta: true }) : dot(a, squares, { ta: true }))
    const value = a2 === null ? sum(squares, 'leading') : product(a2)
    const known = parts.get(at)
    // Terms over different rows do not share a product; their sums add up.
    parts.set(at, { at, value: known === undefined ? value : add(known.value, value) })
  }
  return assemble(sizeOf(target.shape), [...parts.values()])
}

/** Reverse sweep of one term with a cotangent of ones per example, stopping at the uses of parameters. */
const sweep = (loss: Expr, weight: Expr, params: Expr): readonly Use[] => {
  const order = topological([loss])
  const live = reaching(order, [params])
  const n = sizeOf(loss.shape)
  const views = new Set(
    order.filter((e) => e === params || ((e.op === slicePrimitive || e.op.name === 'reshape') && isView(e, params))),
  )
  const arrived = new Map<Expr, Expr[]>([[loss, [ones(loss.shape)]]])
  const uses: Use[] = []
  const seen = new Set<number>()
  for (const e of [...order].reverse()) {
    const contributions = arrived.get(e)
    if (contributions === undefined || !live.has(e) || views.has(e)) continue
    const ct = addCotangents(contributions)
    refuseMixing(e, n, live, views)
    const delta = (): Expr => {
      const d = flush(ct, squareFloor)
      return mul(column(weight), square(d))
    }
    const parts = e.op.vjp?.(ct, e)
    if (parts === undefined) throw new Error(`perExampleSquares: '${e.op.name}' has no derivative`)
    e.args.forEach((arg, i) => {
      if (!live.has(arg)) return
      if (views.has(arg)) {
        const at = offsetOf(arg, params)
        if (e.op !== dotPrimitive || i === 0 || seen.has(at))
          throw new Error(
            `perExampleSquares: parameters at ${at} are used by '${e.op.name}'${seen.has(at) ? ' a second time' : ''}; only one product may use them`,
          )
        seen.add(at)
        uses.push({
          at,
          transposed: e.attrs.tb === true,
          input: i === 2 ? null : (e.args[0] ?? null),
          squares: delta(),
        })
        return
      }
      const part = parts[i]
      if (part === null || part === undefined) return
      const list = arrived.get(arg)
      if (list === undefined) arrived.set(arg, [part])
      else list.push(part)
    })
  }
  return uses
}

const isView = (e: Expr, params: Expr): boolean =>
  e === params ||
  ((e.op === slicePrimitive || e.op.name === 'reshape') && e.args[0] !== undefined && isView(e.args[0], params))

const offsetOf = (e: Expr, params: Expr): number =>
  e === params
    ? 0
    : (e.op === slicePrimitive ? Number(e.attrs.from) : 0) + (e.args[0] === undefined ? 0 : offsetOf(e.args[0], params))

/** Row i of every intermediate must depend on example i only. */
const refuseMixing = (e: Expr, n: number, live: ReadonlySet<Expr>, views: ReadonlySet<Expr>): void => {
  const sums = e.op.name === 'sum' && e.attrs.axes !== 'last'
  const [first, second] = e.args
  const right = second !== undefined && live.has(second) && !views.has(second)
  const turned = e.op === dotPrimitive && (e.attrs.ta === true || right)
  const spread =
    e.op === broadcastPrimitive && first !== undefined && live.has(first) && n > 1 && broadcastMode(e) !== 'column'
  if (sums || turned || spread || e.shape[0] !== n)
    throw new Error(`perExampleSquares: '${e.op.name}' mixes examples; each loss may depend on its own row only`)
}

/**
 * Hooks → graph. The one place that knows the order of a step's symbolic part: weights and terms → gradient → optimiser →
 * commit. Terms are added in the order of (strategy name, term name), so that the order of a method's list changes no bit of the
 * objective; projections and commits run as listed, each on the result of the one before.
 */
import type { Expr } from '../graph/expr.js'
import { grad } from '../graph/grad.js'
import { block, zeros } from '../graph/ops.js'
import { sameShape, type Shape, showShape } from '../graph/shape.js'
import { added } from '../strategy/added.js'
import type { AnyContext } from '../strategy/anyStrategy.js'
import { handedTo, leavesOf, refuseForged } from './handed.js'
import { inHook } from './inHook.js'
import { refuseUnknown } from './names.js'
import { objectiveOf } from './objective.js'
import { stateBlock } from './passes.js'
import type { Member, Part, Request, Staged } from './staged.js'
import { slotBlock, tensorBlock } from './tensors.js'
import type { Place, World } from './world.js'

/** Builds the graph of a step at a place. Throws on what a hook may not return, naming strategy, hook and name. */
export const stage = (w: World, place: Place, request: Request): Staged => {
  const params = block('params', [w.network.layout.size])
  const { contexts, incoming, terms, summands, state, hidden, parts: summed } = objectiveOf(w, place, request)
  const members = [...contexts]
  const parts: Part[] = [...summed]

  let gradient = summands.length === 0 ? zeros(params.shape) : grad(added(summands), params)
  parts.push({ name: 'the gradient of the objective', roots: [gradient] })
  for (const [m, c] of members) {
    gradient = gradientOf(m, { ...c, gradient }, hidden) ?? gradient
    parts.push({ name: `strategy '${m.strategy.name}', hook 'gradient'`, roots: [gradient] })
  }
  const slots = Object.fromEntries(
    request.optimiser.slots.map((s) => [
      s.name,
      block(slotBlock(request.slots, s.name), s.shape(w.network.layout.size)),
    ]),
  )
  const stepped = summands.length === 0 ? { params, slots: {} } : request.optimiser.update({ gradient, params, slots })
  parts.push({
    name: `optimiser '${request.optimiser.name}'`,
    roots: [stepped.params, ...Object.values(stepped.slots)],
  })
  // a phase may bring an optimiser of its own
  if (!request.wake)
    refuseForged(
      members[0]?.[0].strategy.name ?? '',
      'optimiser',
      [stepped.params, ...Object.values(stepped.slots)],
      [gradient, params, ...Object.values(slots)],
    )

  const updates: Record<string, Expr> = {}
  const outputs: Record<string, Expr> = {}
  const emits: (readonly [string, string])[] = []
  let after = stepped.params
  for (const [m, c] of members) {
    const changed = commitOf(m, { ...c, gradient, after }, hidden)
    after = changed.params ?? after
    const given = [changed.tensors, changed.emits, changed.columns].flatMap((part) => Object.values(part))
    parts.push({ name: `strategy '${m.strategy.name}', hook 'commit'`, roots: [after, ...given] })
    for (const [name, e] of Object.entries(changed.tensors)) updates[tensorBlock(m.strategy.name, name)] = e
    for (const [name, e] of Object.entries(changed.emits)) {
      outputs[`emit/${m.strategy.name}/${name}`] = e
      emits.push([m.strategy.name, name])
    }
    for (const [name, e] of Object.entries(changed.columns)) outputs[`column/${m.strategy.name}/${name}`] = e
  }
  for (const [name, e] of Object.entries(stepped.slots)) updates[slotBlock(request.slots, name)] = e
  if (after !== params) updates.params = after
  if (state !== undefined) {
    updates[stateBlock] = state
    parts.push({ name: "the network's state", roots: [state] })
  }
  if (incoming !== undefined) outputs.loss = incoming
  for (const { id, value } of terms) outputs[`term/${id}`] = value

  const leaves = leavesOf([...Object.values(updates), ...Object.values(outputs)]).filter((e) => e.op.name === 'input')
  return {
    updates,
    outputs,
    terms: terms.map(({ id }) => id),
    emits,
    inputs: new Set(leaves.map((e) => String(e.attrs.name))),
    parts,
  }
}

interface Changes {
  readonly params: Expr | undefined
  readonly tensors: Readonly<Record<string, Expr>>
  readonly emits: Readonly<Record<string, Expr>>
  /** By `buffer/column`. */
  readonly columns: Readonly<Record<string, Expr>>
}

const present = <A>(record: Readonly<Record<string, A | undefined>> = {}): Readonly<Record<string, A>> => {
  const kept: Record<string, A> = {}
  for (const [name, value] of Object.entries(record)) if (value !== undefined) kept[name] = value
  return kept
}

/** Throws when what a hook returned for `what` does not have its shape. */
const refuseShape = (strategy: string, hook: string, what: string, value: Expr, shape: Shape): void => {
  if (!sameShape(value.shape, shape))
    throw new Error(
      `strategy '${strategy}', hook '${hook}': ${what} has the shape ${showShape(shape)}, what was returned for it ${showShape(value.shape)}`,
    )
}

const gradientOf = (m: Member, c: AnyContext, hidden: ReadonlySet<Expr>): Expr | undefined => {
  const { name } = m.strategy
  const changed = inHook(name, 'gradient', () => m.step.gradient?.(c))
  if (changed !== undefined) {
    refuseForged(name, 'gradient', [changed], handedTo(c), hidden)
    refuseShape(name, 'gradient', 'the gradient', changed, c.params.shape)
  }
  return changed
}

const commitOf = (m: Member, c: AnyContext, hidden: ReadonlySet<Expr>): Changes => {
  const s = m.strategy
  const given = inHook(s.name, 'commit', () => m.step.commit?.(c) ?? {})
  const check = (what: string, names: readonly string[], known: readonly string[]): void =>
    refuseUnknown(s.name, 'commit', what, names, known)
  check('part of updates', Object.keys(given), ['params', 'tensors', 'columns', 'emits'])
  const tensors = present(given.tensors)
  check('tensor', Object.keys(tensors), Object.keys(c.tensors))
  for (const [name, e] of Object.entries(tensors))
    refuseShape(s.name, 'commit', `tensor '${name}'`, e, c.tensors[name]?.shape ?? e.shape)
  if (given.params !== undefined) refuseShape(s.name, 'commit', 'params', given.params, c.params.shape)
  const buffers = present(given.columns)
  check('buffer', Object.keys(buffers), Object.keys(s.buffers ?? {}))
  const columns: Record<string, Expr> = {}
  for (const [buffer, values] of Object.entries(buffers)) {
    check(`column of buffer '${buffer}'`, Object.keys(values), Object.keys(s.buffers?.[buffer]?.columns ?? {}))
    for (const [column, e] of Object.entries(values)) columns[`${buffer}/${column}`] = e
  }
  const emits = present(given.emits)
  const results = [
    ...(given.params === undefined ? [] : [given.params]),
    ...[tensors, emits, columns].flatMap((part) => Object.values(part)),
  ]
  refuseForged(s.name, 'commit', results, handedTo(c), hidden)
  return { params: given.params, tensors, emits, columns }
}

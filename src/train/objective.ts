/** The symbolic objective of a step: the incoming loss with its weights, and the terms of all strategies. */
import type { Expr } from '../graph/expr.js'
import { block, mul } from '../graph/ops.js'
import { showShape } from '../graph/shape.js'
import type { AnyBatch, AnyContext } from '../strategy/anyStrategy.js'
import { type Batches, createBatches, scopeFor } from './scope.js'
import { handedTo, refuseForged } from './handed.js'
import { inHook } from './inHook.js'
import type { Member, Part, Request } from './staged.js'
import type { Place, World } from './world.js'

/** A term with the name of its strategy: `strategy/term`. */
export interface NamedTerm {
  readonly id: string
  readonly value: Expr
}

/** What hooks of each member see, and what they add up to. */
export interface Objective {
  readonly contexts: ReadonlyMap<Member, AnyContext>
  /** The scenario's loss or what replaces it, before weights; undefined: the step has none. */
  readonly incoming: Expr | undefined
  readonly terms: readonly NamedTerm[]
  /** Scalars whose sum, in this order, is the objective. Empty: nothing is learned. */
  readonly summands: readonly Expr[]
  /** State of the network after the step's training passes; undefined: it keeps none, or they are not learned from. */
  readonly state: Expr | undefined
  /** Leaves of losses and passes, which hooks may use without having been handed them. */
  readonly hidden: ReadonlySet<Expr>
  /** Whose the expressions are. */
  readonly parts: readonly Part[]
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The value, which must be a scalar. */
export const scalarOf = (strategy: string, hook: string, name: string, value: Expr): Expr => {
  if (value.shape.length > 0)
    throw new Error(
      `strategy '${strategy}', hook '${hook}': '${name}' must be a scalar, its shape is ${showShape(value.shape)}`,
    )
  return value
}

/** Calls `weight`, `loss` and `objective` of all members. Terms come in the order of (strategy name, term name). */
export const objectiveOf = (w: World, place: Place, request: Request): Objective => {
  const batches = createBatches(w)
  const contexts = new Map(request.members.map((m) => [m, contextFor(w, place, request, batches, m)]))
  const sorted = [...contexts].sort(([a], [b]) => byText(a.strategy.name, b.strategy.name))
  const incoming = incomingLoss(w, place, request, batches, contexts)
  const weights = sorted.flatMap(([m, c]) => {
    const weight = inHook(m.strategy.name, 'weight', () => m.step.weight?.(c))
    if (weight === undefined) return []
    refuseForged(m.strategy.name, 'weight', [weight], handedTo(c), batches.hidden)
    return [{ by: m.strategy.name, value: scalarOf(m.strategy.name, 'weight', 'weight', weight) }]
  })
  const terms = sorted.flatMap(([m, c]) => termsOf(m, training(batches, c), batches.hidden))
  const weighted = incoming === undefined ? [] : [mul(incoming, ...weights.map(({ value }) => value))]
  const summands = [...weighted, ...terms.map(({ value }) => value)]
  return {
    contexts,
    incoming,
    terms,
    summands,
    state: batches.passes.stateAfter(summands),
    hidden: batches.hidden,
    parts: [
      ...(incoming === undefined ? [] : [{ name: lossMaker(contexts), roots: [incoming] }]),
      ...weights.map(({ by, value }) => ({ name: `strategy '${by}', hook 'weight'`, roots: [value] })),
      ...terms.map(({ id, value }) => ({ name: `term '${id}'`, roots: [value] })),
    ],
  }
}

/** The same scope, in which passes with the parameters of the step train. */
const training = ({ passes }: Batches, c: AnyContext): AnyContext => ({ ...c, network: passes.trainingWith(c.params) })

const lossMaker = (contexts: Objective['contexts']): string => {
  const own = [...contexts.keys()].find((m) => m.strategy.loss !== undefined)
  return own === undefined ? "the scenario's loss" : `strategy '${own.strategy.name}', hook 'loss'`
}

/** The scope of one member, with its drawn batches and, in the wake, the incoming one. */
const contextFor = (w: World, place: Place, request: Request, batches: Batches, m: Member): AnyContext => {
  const { name, rights } = m.strategy
  const drawn: Record<string, AnyBatch> = {}
  for (const [draw, d] of Object.entries(m.step.draws ?? {})) {
    const n = request.present.get(`${name}/${draw}`)
    const source = d?.from === 'experience' ? w.experience : w.buffers.get(`${name}/${d?.from}`)
    if (n !== undefined && source !== undefined)
      drawn[draw] = batches.make(`draw/${name}/${draw}`, n, source, { rights })
  }
  const scope = scopeFor(w, place, m.strategy, batches, drawn)
  if (!request.wake) return scope
  const batch = batches.make('batch', w.batch, w.experience, { rights })
  const output = batches.passes.trainingWith(scope.params).apply(scope.params, batch.x)
  return { ...scope, batch, output, loss: scope.mean(batches.losses(output.logits, batch.y, batch), batch) }
}

/** The scenario's loss on the incoming batch, or what replaces it; undefined: the wake does not train on it. */
const incomingLoss = (
  w: World,
  place: Place,
  request: Request,
  batches: Batches,
  contexts: ReadonlyMap<Member, AnyContext>,
): Expr | undefined => {
  if (!request.wake) return undefined
  for (const [m, c] of contexts) {
    if (m.strategy.loss === null) return undefined
    const { name, loss } = m.strategy
    if (loss === undefined) continue
    const value = inHook(name, 'loss', () => loss(training(batches, c)))
    refuseForged(name, 'loss', [value], handedTo(c), batches.hidden)
    return scalarOf(name, 'loss', 'loss', value)
  }
  const params = block('params', [w.network.layout.size])
  const batch = batches.make('batch', w.batch, w.experience, { rights: {} })
  const { logits } = batches.passes.trainingWith(params).apply(params, batch.x)
  return scopeFor(w, place, { name: '', rights: {} }, batches, {}).mean(batches.losses(logits, batch.y, batch), batch)
}

const termsOf = (m: Member, c: AnyContext, hidden: ReadonlySet<Expr>): readonly NamedTerm[] => {
  const { name } = m.strategy
  const given = inHook(name, 'objective', () => m.step.objective?.(c) ?? [])
  const terms = [...given].sort((a, b) => byText(a.name, b.name))
  refuseForged(
    name,
    'objective',
    terms.map(({ value }) => value),
    handedTo(c),
    hidden,
  )
  return terms.map((t, i) => {
    if (terms[i - 1]?.name === t.name)
      throw new Error(`strategy '${name}', hook 'objective': two terms are called '${t.name}'`)
    return { id: `${name}/${t.name}`, value: scalarOf(name, 'objective', t.name, t.value) }
  })
}

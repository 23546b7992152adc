/**
 * Forward passes of a step. Hooks call `network.apply(params, x)` and do not choose its mode: in `objective` and `loss` a pass with the
 * step's own parameters trains (as the incoming pass does), and every other pass evaluates. A training pass draws under the name of
 * its rows and leaves the network's state as the next one finds it. Where nothing draws and nothing is kept, all passes are as one.
 */
import type { Expr } from '../graph/expr.js'
import { block, input, selectGreater } from '../graph/ops.js'
import { print } from '../graph/print.js'
import { substitute } from '../graph/substitute.js'
import { topological } from '../graph/topological.js'
import type { Mode, Network, Output } from '../nn/network.js'
import { key as keyOf, named } from '../random/key.js'
import { leavesOf } from './handed.js'
import type { World } from './world.js'

/** Input of the key that training passes draw from, i32 [2]. */
export const keyInput = 'network/key'
/** Block of what the network keeps beside its parameters, [state.layout.size]. */
export const stateBlock = 'network/state'
/** Block that is above 0 where that stays as it is, [state.layout.size]. */
export const frozenBlock = 'network/frozen'

/** A batch of the step, as far as passes need it. */
export interface Rows {
  readonly name: string
  readonly n: number
  readonly weights: Expr
}

/** See above. */
export interface Passes {
  /** Every pass evaluates. */
  readonly evaluating: Network
  /** Passes with exactly these parameters train. */
  readonly trainingWith: (params: Expr) => Network
  /** State after the training passes on which these scalars depend; undefined: none changed it. */
  readonly stateAfter: (objective: readonly Expr[]) => Expr | undefined
  /** Leaves that passes read beside parameters and rows. */
  readonly leaves: readonly Expr[]
}

/** What passes of an evaluation read, and so may be read through one. */
export const evaluatingNetwork = ({
  network,
}: Pick<World, 'network'>): { readonly network: Network; readonly leaves: readonly Expr[] } => {
  if (network.state === undefined && network.draws === undefined) return { network, leaves: [] }
  const state = network.state === undefined ? undefined : block(stateBlock, [network.state.layout.size])
  return {
    network: {
      ...network,
      apply: (params, x, mode) => network.apply(params, x, { ...asked(mode), state }),
    },
    leaves: state === undefined ? [] : [state],
  }
}

/** What a hook may say of a pass: contexts of its rows. */
const asked = (mode: Mode | undefined): Pick<Mode, 'context'> => {
  if (mode?.training !== undefined || mode?.state !== undefined)
    throw new Error('network.apply: whether a pass trains, and from which state, is for the engine to say')
  return mode?.context === undefined ? {} : { context: mode.context }
}

const valuesOf = ({ logits, features, activations }: Output): readonly Expr[] => [
  logits,
  features,
  ...activations.map(({ value }) => value),
]

/** A name for rows that are no batch, from how they are made. */
const nameOf = (x: Expr): string => {
  const { a, b } = named(keyOf(0), print([x]))
  return `rows ${a.toString(16)}${b.toString(16)}`
}

/** Passes of one step; `of` knows its batches by their `x`, `reading` by the inputs that say which rows they are. */
export const createPasses = (
  w: Pick<World, 'network'>,
  batches: { readonly of: (x: Expr) => Rows | undefined; readonly reading: (leaf: Expr) => Rows | undefined },
): Passes => {
  const { network } = w
  const { state: kept } = network
  const { network: evaluating, leaves } = evaluatingNetwork(w)
  if (evaluating === network)
    return { evaluating, trainingWith: () => network, stateAfter: () => undefined, leaves: [] }
  const [before] = leaves
  const key = input(keyInput, [2], 'i32')
  const frozen = kept?.boundary.includes('first') === true ? block(frozenBlock, [kept.layout.size]) : undefined
  /** By label: passes over the same rows are one pass, made as often as it was asked for. */
  const made = new Map<string, { readonly output: Output; readonly x: Expr }[]>()

  const training = (x: Expr): { readonly label: string; readonly weights: Expr | undefined } => {
    const own = batches.of(x)
    if (own !== undefined) return { label: own.name, weights: own.weights }
    const read = [...new Set(leavesOf([x]).flatMap((leaf) => batches.reading(leaf) ?? []))]
    const [only, ...others] = read
    if (kept !== undefined && (others.length > 0 || (only !== undefined && only.n !== x.shape[0])))
      throw new Error(
        `network.apply: a training pass over rows made from ${read.map(({ name }) => `'${name}'`).join(' and ')} cannot tell which ` +
          'of them only fill up a batch, and the statistics that the network keeps must not count those; pass each batch by itself',
      )
    const alone = others.length === 0 && only?.n === x.shape[0]
    return { label: nameOf(x), weights: alone ? only?.weights : undefined }
  }

  return {
    evaluating,
    trainingWith: (own) => ({
      ...network,
      apply: (params, x, mode) => {
        if (params !== own) return evaluating.apply(params, x, mode)
        const { label, weights } = training(x)
        const output = network.apply(params, x, {
          ...asked(mode),
          state: before,
          training: { key, label, weights },
        })
        made.set(label, [...(made.get(label) ?? []), { output, x }])
        return output
      },
    }),
    stateAfter: (objective) => {
      if (before === undefined) return undefined
      const reached = new Set(topological(objective))
      let after = before
      for (const copies of made.values()) {
        const used = copies.find(({ output, x }) => valuesOf(output).some((value) => value !== x && reached.has(value)))
        if (used?.output.state === undefined) continue
        after = substitute([used.output.state], new Map([[before, after]]))[0] ?? after
      }
      if (after === before) return undefined
      return frozen === undefined ? after : selectGreater(frozen, 0, before, after)
    },
    leaves: [...leaves, key, ...(frozen === undefined ? [] : [frozen])],
  }
}

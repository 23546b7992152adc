/** Networks that share one parameter vector and one state: the parts of a model that is no stack. */
import type { Expr } from '../graph/expr.js'
import { type Layout, layout } from '../graph/layout.js'
import { assemble, slice } from '../graph/ops.js'
import { type Key, named } from '../random/key.js'
import type { Mode, Network, NetworkState, Output } from './network.js'

/** The parts together. Tensors of a part are called `<part>/<name>`. */
export interface Joined<N extends string> {
  readonly layout: Layout
  readonly state?: NetworkState
  readonly draws?: true
  readonly initialise: (key: Key) => Float32Array
  /** A pass of one part, with the parameters and the mode of the whole. */
  readonly apply: (part: N, params: Expr, x: Expr, mode?: Mode) => Output
  /** The state of the whole after a training pass of every part; undefined where none is kept, and after evaluations. */
  readonly after: (passed: Readonly<Record<N, Output>>) => Expr | undefined
}

const prefixed = (
  part: string,
  { entries }: Layout,
): readonly { readonly name: string; readonly shape: readonly number[] }[] =>
  entries.map(({ name, shape }) => ({ name: `${part}/${name}`, shape }))

/** Joins networks in the order given. Throws without parts, and on a name that is used twice. */
export const joined = <N extends string>(
  parts: readonly { readonly part: N; readonly network: Network }[],
): Joined<N> => {
  if (parts.length === 0) throw new Error('joined: expected one part or more')
  let [at, kept] = [0, 0]
  const placed = parts.map(({ part, network }) => {
    const own = { part, network, at, kept }
    at += network.layout.size
    kept += network.state?.layout.size ?? 0
    return own
  })
  const find = (part: N) => {
    const found = placed.find((p) => p.part === part)
    if (found === undefined) throw new Error(`joined: no part '${part}'; known: ${parts.map((p) => p.part).join(', ')}`)
    return found
  }
  const state = kept === 0 ? undefined : stateOf(parts)
  return {
    layout: layout(parts.flatMap(({ part, network }) => prefixed(part, network.layout))),
    ...(state === undefined ? {} : { state }),
    ...(parts.some(({ network }) => network.draws === true) ? { draws: true } : {}),
    initialise: (key) => {
      const out = new Float32Array(at)
      for (const p of placed) out.set(p.network.initialise(named(key, p.part)), p.at)
      return out
    },
    apply: (part, params, x, { training, state: before, context } = {}) => {
      const { network, at: from, kept: first } = find(part)
      const own = before === undefined || network.state === undefined ? 0 : network.state.layout.size
      const made = network.apply(slice(params, from, [network.layout.size]), x, {
        training: training === undefined ? undefined : { ...training, label: labelled(training.label, part) },
        state: before === undefined || own === 0 ? undefined : slice(before, first, [own]),
        context,
      })
      return { ...made, activations: made.activations.map((a) => ({ ...a, name: `${part}/${a.name}` })) }
    },
    after: (passed) => {
      const changed = placed.flatMap(({ part, kept: first }) => {
        const now = passed[part].state
        return now === undefined ? [] : [{ at: first, value: now }]
      })
      return changed.length === 0 ? undefined : assemble(kept, changed)
    },
  }
}

const labelled = (label: string | undefined, part: string): string => (label === undefined ? part : `${label}/${part}`)

const stateOf = (parts: readonly { readonly part: string; readonly network: Network }[]): NetworkState => {
  const states = parts.flatMap(({ part, network }) =>
    network.state === undefined ? [] : [{ part, state: network.state }],
  )
  return {
    layout: layout(states.flatMap(({ part, state }) => prefixed(part, state.layout))),
    initial: Float32Array.from(states.flatMap(({ state }) => [...state.initial])),
    boundary: states.flatMap(({ state }) => state.boundary),
  }
}

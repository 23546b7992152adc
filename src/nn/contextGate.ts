/** Context-dependent gates: Masse, Grant & Freedman 2018 (arXiv:1802.01569), XdG. */
import type { Expr } from '../graph/expr.js'
import { dot, mul, rows } from '../graph/ops.js'
import { assertOptions, fraction, type Rule, wholeFrom } from '../graph/options.js'
import { assertShape } from '../graph/shape.js'
import { sample } from '../random/draw.js'
import { folded, type Key } from '../random/key.js'
import type { LayerOf, LayerScope } from './layer.js'

/** Which gates are drawn. */
export interface GateOptions {
  readonly contexts: number
  readonly units: number
  /** Share of the units that each context silences, rounded to whole units: 0.8 in the paper, 0.9 for Split MNIST in van de Ven 2022. */
  readonly silenced: number
  readonly key: Key
}

const isWord = (v: unknown): boolean => typeof v === 'number' && v >>> 0 === v

/** What constructors ask of a key. */
export const keyRule: Rule = {
  expected: 'a key, as `key(seed)` gives it',
  accepts: (v) => typeof v === 'object' && v !== null && 'a' in v && 'b' in v && isWord(v.a) && isWord(v.b),
}

/**
 * A table `[contexts, units]` of 0 and 1: in each row the silenced units, drawn without replacement by the key of that context, are 0. More
 * contexts leave the rows of the first ones as they are.
 */
export const gateTable = (options: GateOptions): Float32Array => {
  assertOptions('gateTable', options, {
    contexts: wholeFrom(1),
    units: wholeFrom(1),
    silenced: fraction,
    key: keyRule,
  })
  const { contexts, units, silenced, key } = options
  const table = new Float32Array(contexts * units).fill(1)
  for (let context = 0; context < contexts; context++)
    for (const unit of sample(folded(key, context), units, Math.round(silenced * units)))
      table[context * units + unit] = 0
  return table
}

/** The row of a kept table for the context of each row of the batch, `[n, columns]`. Throws where the pass has no contexts. */
export const ofContext = (who: string, table: Expr, { context }: Pick<LayerScope, 'context'>): Expr => {
  if (context === undefined)
    throw new Error(`${who}: the pass must say the context of each row (mode.context, [n] of i32), which it does not`)
  return rows(table, context)
}

/**
 * Units of examples `[units]` times the gates of their context: fixed while the network lives, in training and evaluation, and kept in the
 * network's state (tensor `gates` [contexts, units]). Keeps the shape. Needs the context of each row and says so where there is none; where it
 * is given as probabilities `[n, contexts]`, the gates are mixed by these, as van de Ven, Siegelmann & Tolias 2020 do for soft labels.
 */
export const contextGate = (options: Omit<GateOptions, 'units'>): LayerOf => {
  assertOptions('contextGate', options, { contexts: wholeFrom(1), silenced: fraction, key: keyRule })
  return (shape) => {
    const [units = 1] = shape
    assertShape(shape.length === 1, 'contextGate', 'examples [units]', shape)
    return {
      kind: 'contextGate',
      parameters: [],
      kept: [
        {
          name: 'gates',
          shape: [options.contexts, units],
          init: gateTable({ ...options, units }),
          boundary: 'continue',
        },
      ],
      shape,
      apply: (x, scope) => {
        const gates = scope.kept('gates')
        const mixed = scope.context?.dtype === 'f32' ? dot(scope.context, gates) : undefined
        return { value: mul(x, mixed ?? ofContext('contextGate', gates, scope)) }
      },
    }
  }
}

/** Embeddings: vectors for class numbers. */
import type { Expr } from '../graph/expr.js'
import { dot, rankLast, reshape, rows, selectEqual, zeros } from '../graph/ops.js'
import { assertOptions, optional, wholeFrom } from '../graph/options.js'
import { assertShape, columnsOf, type Shape, sizeOf } from '../graph/shape.js'
import { type InitialiserName, initialiserRule, initialisers } from './initialise.js'
import type { LayerOf } from './layer.js'

/**
 * Row `indices[...]` of `table` `[count, units]` for each index: i32 `[...]` → `[..., units]`. Indices must be inside of the table. The
 * gradient of the table is added up row by row in the order of the indices.
 */
export const embed = (table: Expr, indices: Expr): Expr => {
  const flat = indices.shape.length === 1 ? indices : reshape(indices, [sizeOf(indices.shape)])
  return reshape(rows(table, flat), [...indices.shape, columnsOf(table.shape)])
}

/** Sizes of an embedding. */
export interface EmbeddingOptions {
  /** Class numbers are 0 … count − 1. */
  readonly count: number
  readonly units: number
  /** Fan-in is 1, since one row makes an output: `lecun`, the default, draws normals of variance 1, as PyTorch does. */
  readonly initialiser?: InitialiserName
}

// 0, 1, …: the ranks of equal entries.
const numbers = (count: number): Expr => rankLast(zeros([1, count]))

/**
 * The layer over examples `[length]` of class numbers, which reach a network as f32: `[length, units]`, by the product of one-hot rows
 * and `table` [count, units], so it costs length · count · units products. The bits are those of `embed`; a number that is no class
 * gives zeros. Bengio et al. 2003.
 */
export const embedding = (options: EmbeddingOptions): LayerOf => {
  assertOptions('embedding', options, {
    count: wholeFrom(1),
    units: wholeFrom(1),
    initialiser: optional(initialiserRule),
  })
  const { count, units, initialiser = 'lecun' } = options
  return (shape) => {
    assertShape(shape.length === 1, 'embedding', 'examples [length] of class numbers', shape)
    const table: Shape = [count, units]
    return {
      kind: 'embedding',
      parameters: [
        {
          name: 'table',
          shape: table,
          initialise: (key) =>
            initialisers[initialiser]({ key, part: 'weight', shape: table, fanIn: 1, fanOut: units }),
        },
      ],
      shape: [...shape, units],
      apply: (x, { own }) => {
        const tokens = sizeOf(x.shape)
        const oneHot = selectEqual(reshape(x, [tokens, 1]), numbers(count), 1, 0)
        return { value: reshape(dot(oneHot, own('table')), [...x.shape, units]) }
      },
    }
  }
}

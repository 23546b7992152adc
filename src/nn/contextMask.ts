/** Masks of outputs for each context: which classes a row can be of. */
import { selectGreater } from '../graph/ops.js'
import { assertOptions, listOf, type Rule, wholeFrom } from '../graph/options.js'
import { assertShape } from '../graph/shape.js'
import { ofContext } from './contextGate.js'
import type { LayerOf } from './layer.js'
import { inactiveLogit } from './loss.js'

const lists: Rule = {
  expected: 'a list with one list of class numbers or more, none of them empty',
  accepts: (v) =>
    Array.isArray(v) &&
    v.length > 0 &&
    v.every((c: unknown) => listOf(wholeFrom(0)).accepts(c) && Array.isArray(c) && c.length > 0),
}

/**
 * A table `[contexts, outputs]` of 0 and 1: 1 where the class is one of the context's. `rows(table, context)` are masks for
 * `crossEntropy`, `softmax` and `distillation`. Throws on a class that is no output.
 */
export const classTable = (classes: readonly (readonly number[])[], outputs: number): Float32Array => {
  assertOptions('classTable', { classes, outputs }, { classes: lists, outputs: wholeFrom(1) })
  const table = new Float32Array(classes.length * outputs)
  classes.forEach((own, context) => {
    for (const c of own) {
      if (c >= outputs)
        throw new Error(`classTable: context ${context} has class ${c}, but there are ${outputs} outputs, from 0`)
      table[context * outputs + c] = 1
    }
  })
  return table
}

/** Which classes belong to which context. */
export interface ContextMaskOptions {
  /** For each context its classes, as output numbers. */
  readonly classes: readonly (readonly number[])[]
}

/**
 * Outputs that are not of the row's context become −1e30, which gives them probability exactly 0 and no gradient: task-incremental learning
 * with one head, as van de Ven 2022. The table is kept in the network's state (`mask` [contexts, outputs]). Keeps the shape. Needs the
 * context of each row and says so where there is none.
 */
export const contextMask = (options: ContextMaskOptions): LayerOf => {
  assertOptions('contextMask', options, { classes: lists })
  const { classes } = options
  return (shape) => {
    const [outputs = 1] = shape
    assertShape(shape.length === 1, 'contextMask', 'examples [outputs]', shape)
    return {
      kind: 'contextMask',
      parameters: [],
      kept: [
        { name: 'mask', shape: [classes.length, outputs], init: classTable(classes, outputs), boundary: 'continue' },
      ],
      shape,
      apply: (x, scope) => ({
        value: selectGreater(ofContext('contextMask', scope.kept('mask'), scope), 0.5, x, inactiveLogit),
      }),
    }
  }
}

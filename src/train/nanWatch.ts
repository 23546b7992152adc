/**
 * Debugging: looks at everything that the steps of a run give, and when a NaN appears says which expression made it. It changes no
 * bit: a step that it watches is the same step, and a run that it watches ends as it would have ended.
 */
import type { Program } from '../compile/program.js'
import type { Store, Values } from '../compile/store.js'
import type { Env } from '../graph/evaluate.js'
import type { Expr } from '../graph/expr.js'
import type { Layout } from '../graph/layout.js'
import { sizeOf } from '../graph/shape.js'
import type { Finding, Origin, When } from './finding.js'
import { leavesOf } from './handed.js'
import { isKind, originOf } from './nanOrigin.js'
import type { Part, Staged } from './staged.js'

/** What a program is fed. */
type Inputs = Readonly<Record<string, number | ArrayLike<number>>>

/** See above. */
export interface NanWatch {
  /** Runs the program of a step and looks at what came out. */
  readonly step: (staged: Staged, program: Program, inputs: Inputs, when: When) => void
  /** Finds the origin of scores that are not finite; they change nothing, so the store is as it was. */
  readonly scores: (scores: Expr, parts: readonly Part[], inputs: Inputs, when: When) => void
}

/** Tells the first finding of a run. `layout`: names of the parameters. */
export const createNanWatch = (store: Store, layout: Layout, found: (finding: Finding) => void): NanWatch => {
  const infinities = new Map<string, Origin>()
  let isDone = false
  const tell = (finding: Finding): void => {
    isDone = true
    found(finding)
  }

  /** All that these expressions read, with `before` in place of blocks that have changed since. */
  const envOf = (roots: readonly Expr[], inputs: Inputs, before: ReadonlyMap<string, Values>): Env =>
    Object.fromEntries(
      leavesOf(roots).map((leaf) => {
        const name = String(leaf.attrs.name)
        const value = leaf.op.name === 'block' ? (before.get(name) ?? store.read(name)) : inputs[name]
        // an input that a simplification made needless need not be fed
        return [name, value ?? new Float32Array(sizeOf(leaf.shape))]
      }),
    )

  const explain = (
    kind: Finding['kind'],
    roots: readonly Expr[],
    parts: readonly Part[],
    inputs: Inputs,
    before: ReadonlyMap<string, Values>,
    when: When,
  ): Origin | null =>
    originOf({ roots, parts, env: envOf(roots, inputs, before), layout, when, earlier: infinities }, kind) ?? null

  return {
    step: (staged, program, inputs, when) => {
      if (isDone) {
        program.run(inputs)
        return
      }
      const before = new Map(Object.keys(staged.updates).map((name) => [name, store.read(name)]))
      program.run(inputs)
      const results = [
        ...Object.entries(staged.outputs).map(([name, e]) => ({
          name,
          e,
          values: program.output(name),
          isBlock: false,
        })),
        ...Object.entries(staged.updates).map(([name, e]) => ({ name, e, values: store.read(name), isBlock: true })),
      ]
      const holding = (kind: Finding['kind']) => results.filter(({ values }) => values.some(isKind[kind]))
      const [nan] = holding('NaN')
      const explained = (kind: Finding['kind'], roots: readonly Expr[]): Origin | null =>
        explain(kind, roots, staged.parts, inputs, before, when)
      if (nan !== undefined) {
        const roots = holding('NaN').map(({ e }) => e)
        tell({ kind: 'NaN', when, seen: nan.name, origin: explained('NaN', roots) })
        return
      }
      const infinite = holding('infinity')
      // columns and tensors may hold infinities on purpose; a loss may not, and no parameter
      const diverged = infinite.find(({ e, name, isBlock }) => name === 'params' || (!isBlock && e.shape.length === 0))
      if (diverged !== undefined) {
        tell({ kind: 'infinity', when, seen: diverged.name, origin: explained('infinity', [diverged.e]) })
        return
      }
      for (const { name, e, isBlock } of infinite) {
        if (!isBlock || before.get(name)?.some(isKind.infinity)) continue
        const origin = explained('infinity', [e])
        if (origin !== null) infinities.set(name, origin)
      }
    },
    scores: (scores, parts, inputs, when) => {
      if (isDone) return
      const none = new Map<string, Values>()
      const nan = explain('NaN', [scores], parts, inputs, none, when)
      const origin = nan ?? explain('infinity', [scores], parts, inputs, none, when)
      tell({ kind: nan === null ? 'infinity' : 'NaN', when, seen: 'scores', origin })
    },
  }
}

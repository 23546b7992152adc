/** The first step of compiling: roots are lowered together, and each gets storage of its own. */
import type { Expr } from '../graph/expr.js'
import { lower } from '../graph/lower.js'
import { copy } from '../graph/primitives/copy.js'
import type { Roots } from './plan.js'

/** Lowers all roots together and gives each update and output that has no storage of its own (a view, a leaf, one that is shared) a copy. */
export const separate = (spec: Roots): Roots => {
  const names = [
    ...Object.keys(spec.updates).map((n) => ['updates', n] as const),
    ...Object.keys(spec.outputs).map((n) => ['outputs', n] as const),
  ]
  const lowered = lower(names.map(([kind, n]) => spec[kind][n]!))
  const used = new Set<Expr>()
  const own = lowered.map((e) => {
    const bare = e.op.codegen === 'leaf' || e.op.codegen === 'view' || used.has(e) || e.op.codegen === 'load'
    const root = bare ? copy(e) : e
    used.add(root)
    return root
  })
  const pick = (kind: 'updates' | 'outputs') =>
    Object.fromEntries(names.flatMap(([k, n], i) => (k === kind ? [[n, own[i]!]] : [])))
  return { updates: pick('updates'), outputs: pick('outputs') }
}

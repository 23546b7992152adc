/**
 * Loops over time: the body is planned once, like a program of its own, and one loop in WebAssembly runs its kernels at fixed
 * addresses. States live in the last of their rows in the node's value (and are saved into the row of each step when it begins),
 * sums in their place there, constants where the outer plan has them; rows of inputs and outputs are copied in and out.
 */
import type { Body, Expr } from '../../graph/expr.js'
import { add } from '../../graph/primitives/add.js'
import { block } from '../../graph/primitives/leaf.js'
import { scanOf } from '../../graph/scanParts.js'
import { sizeOf } from '../../graph/shape.js'
import { addressIn, emitPlan, scratchOf } from '../emitPlan.js'
import { type Plan, plan, type Roots } from '../plan.js'
import { remembered } from '../remembered.js'
import type { Routine } from '../routine.js'
import { separate } from '../separate.js'
import { clear } from '../vector.js'
import type { FunctionBody, Local } from '../wasmFunction.js'

const nameOf = (leaf: Expr): string => String(leaf.attrs.name)

const bodyPlan = remembered((body: Body): { readonly roots: Roots; readonly plan: Plan } => {
  const entries = (prefix: string, es: readonly Expr[]) => es.map((e, i) => [`${prefix}${i}`, e] as const)
  const roots = separate({
    updates: Object.fromEntries([
      ...body.next.map((e, i) => [nameOf(body.states[i]!), e] as const),
      ...entries('sum', body.sums).map(([name, e]) => [name, add(block(name, e.shape), e)] as const),
    ]),
    outputs: Object.fromEntries(entries('output', body.outputs)),
  })
  return { roots, plan: plan(roots) }
})

const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64

/** See above. */
export const scanRoutine: Routine = {
  scratch: (e, routines) => {
    const { roots, plan: made } = bodyPlan(scanOf(e).body)
    return aligned(made.arenaBytes) + scratchOf(roots, routines)
  },
  emit: (f, e, context) => {
    const { body, parts } = scanOf(e)
    const { roots, plan: made } = bodyPlan(body)
    const [states, inputs] = [body.states.length, body.inputs.length]
    const of = (i: number): number => context.address(e.args[i]!)
    const result = context.address(e)
    const last = parts.states.map((p) => result + (p.at + parts.last * p.size) * 4)
    const homes = new Map([
      ...body.states.map((leaf, i) => [nameOf(leaf), last[i]!] as const),
      ...parts.sums.map((p, i) => [`sum${i}`, result + p.at * 4] as const),
      ...body.constants.map((leaf, i) => [nameOf(leaf), of(states + inputs + i)] as const),
    ])
    const grounds = { arena: context.scratch, block: (name: string) => homes.get(name)! }
    const address = addressIn(made, grounds)
    const t = f.local('i32')

    body.states.forEach((leaf, i) => copy(f, last[i]!, of(i), sizeOf(leaf.shape)))
    for (const p of parts.sums) clear(f, result + p.at * 4, p.size * 4)
    const step = (): void => {
      parts.states.forEach((p, i) =>
        copy(f, row(f, t, result + (p.at + parts.enters * p.size) * 4, p.size), last[i]!, p.size),
      )
      body.inputs.forEach((leaf, i) => {
        const size = sizeOf(leaf.shape)
        copy(f, address(leaf), row(f, t, of(states + i), size), size)
      })
      emitPlan(f, made, grounds, { ...context, scratch: context.scratch + aligned(made.arenaBytes) })
      parts.outputs.forEach((p, i) =>
        copy(f, row(f, t, result + p.at * 4, p.size), address(roots.outputs[`output${i}`]!), p.size),
      )
    }
    f.assign(t, parts.reverse ? parts.steps - 1 : 0)
    f.loop((again) => {
      step()
      f.increment(t, parts.reverse ? -1 : 1)
      f.get(t)
      f.i32.const(parts.reverse ? -1 : parts.steps)
      f.i32.ne()
      f.br_if(again)
    })
  },
}

/** Pushes the address of row `t`. */
const row = (f: FunctionBody, t: Local, base: number, size: number) => (): void => {
  f.get(t)
  f.i32.const(size * 4)
  f.i32.mul()
  f.i32.const(base)
  f.i32.add()
}

const copy = (f: FunctionBody, to: number | (() => void), from: number | (() => void), size: number): void => {
  f.push(to)
  f.push(from)
  f.i32.const(size * 4)
  f.memory.copy()
}

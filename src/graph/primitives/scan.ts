/** Loops over time: what a node computes, step by step. How its value is laid out, see `ScanParts`. */
import { cost } from '../cost.js'
import { interpret } from '../evaluate.js'
import type { Expr, Primitive, Vector } from '../expr.js'
import { promisedLoop, tangentOfLoop } from '../loopForward.js'
import { cotangentsOfLoop } from '../loopReverse.js'
import { sampleLoop } from '../loopSample.js'
import { lower } from '../lower.js'
import { type Rows, scanOf } from '../scanParts.js'
import { sizeOf } from '../shape.js'
import { boundsOfLoop } from '../loopBound.js'

export const scanPrimitive: Primitive = {
  name: 'scan',
  codegen: 'routine',
  vjp: (ct, e, wanted) => cotangentsOfLoop(ct, e, wanted ?? e.args.map(() => true)),
  jvp: tangentOfLoop,
  promise: promisedLoop,
  error: (args, e, value) => boundsOfLoop(args, e, value),
  reference: (args, out, e, round) => {
    const { body, parts } = scanOf(e)
    const precision = out instanceof Float64Array ? 'f64' : 'f32'
    const written = [...body.next, ...body.outputs, ...body.sums]
    const roots = precision === 'f32' ? lower(written) : written
    const put = ({ at, size }: Rows, row: number, values: Vector): void => out.set(values, at + row * size)
    const env: Record<string, Vector> = {}
    const read = (leaves: readonly Expr[], from: number, row: number | null): void =>
      leaves.forEach((leaf, i) => {
        const size = sizeOf(leaf.shape)
        env[String(leaf.attrs.name)] = args[from + i]!.subarray((row ?? 0) * size, ((row ?? 0) + 1) * size)
      })
    read(body.states, 0, null)
    read(body.constants, body.states.length + body.inputs.length, null)
    for (const { at, size } of parts.sums) out.fill(0, at, at + size)
    for (let i = 0; i < parts.steps; i++) {
      const t = parts.reverse ? parts.steps - 1 - i : i
      parts.states.forEach((p, s) => put(p, t + parts.enters, env[String(body.states[s]!.attrs.name)]!))
      read(body.inputs, body.states.length, t)
      const values = interpret(roots, env, precision)
      body.states.forEach((leaf, s) => {
        env[String(leaf.attrs.name)] = values[s]!
      })
      parts.outputs.forEach((p, j) => put(p, t, values[parts.states.length + j]!))
      parts.sums.forEach(({ at, size }, j) => {
        const value = values[parts.states.length + parts.outputs.length + j]!
        for (let k = 0; k < size; k++) out[at + k] = round(out[at + k]! + value[k]!)
      })
    }
    parts.states.forEach((p, s) => put(p, parts.last, env[String(body.states[s]!.attrs.name)]!))
  },
  cost: (e) => {
    const { body, parts } = scanOf(e)
    const step = cost([...body.next, ...body.outputs, ...body.sums])
    const added = parts.sums.reduce((n, p) => n + p.size, 0)
    return { macs: parts.steps * step.macs, operations: parts.steps * (step.operations + added) }
  },
  sample: (key) => sampleLoop(scanPrimitive, key),
}

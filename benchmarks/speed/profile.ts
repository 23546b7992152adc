/**
 * Where the time of a step goes: every kernel of its plan on its own, called again and again, so its data is warm; their sum is
 * less than a step. Best of the rounds. `tsx benchmarks/speed/profile.ts [--rounds n] [--milliseconds n] [--mode wide|fast]`.
 */
import { addressIn, emitPlan, scratchOf } from '../../src/compile/emitPlan.js'
import { routines } from '../../src/compile/routines/table.js'
import type { Kernel } from '../../src/compile/fuse.js'
import { gemmSignature, packColumnsSignature } from '../../src/compile/gemm/module.js'
import { createHostCalls, hostCallSignature } from '../../src/compile/hostCalls.js'
import { plan } from '../../src/compile/plan.js'
import { separate } from '../../src/compile/separate.js'
import { wasmModule } from '../../src/compile/wasm.js'
import type { Expr } from '../../src/graph/expr.js'
import { showShape } from '../../src/graph/shape.js'
import { arithmeticOf, options, switchTo } from './lib/options.js'
import { gigaflops, time } from './lib/report.js'
import { interleaved, type Work } from './lib/rounds.js'
import { labelsAt, slotsAt, type Task, tasks } from './lib/tasks.js'
import { stepOf, storeOf } from './lib/training.js'

const set = options({ rounds: 11, milliseconds: 2 })
await switchTo(set.mode)

const flopOf = (e: Expr): number => 2 * e.op.cost(e).macs

const titleOf = ({ kind, root, members }: Kernel): string => {
  const args = root.args.map((a) => showShape(a.shape)).join(' ')
  const turned = [root.attrs.ta === true ? 'ta' : '', root.attrs.tb === true ? 'tb' : ''].join('')
  const more = members.length > 1 ? `, with ${members.length - 1} more` : ''
  return `${kind === 'loop' ? 'loop ' : ''}${root.op.name}${turned} ${args} → ${showShape(root.shape)}${more}`
}

/** The kernels of a task's step, each as work of its own. */
const kernelsOf = (task: Task): readonly Work[] => {
  const arithmetic = arithmeticOf(set.mode)
  const store = storeOf(task, arithmetic)
  const roots = separate(stepOf(task))
  const made = plan(roots)
  const arena = store.arena.take(made.arenaBytes, () => 'the arena of a profile')
  const scratch = store.arena.take(scratchOf(roots, routines), () => 'scratch of a profile')
  const grounds = { arena, block: (name: string) => store.get(name).address }
  const address = addressIn(made, grounds)
  const feeds: Readonly<Record<string, ArrayLike<number>>> = {
    slots: slotsAt(task, 0),
    labels: labelsAt(task, 0),
    weights: new Float32Array(task.batch).fill(1),
  }
  for (const { value } of made.ranges) {
    if (value.op.name !== 'input') continue
    const values = feeds[String(value.attrs.name)] ?? []
    const view = value.dtype === 'i32' ? Int32Array : Float32Array
    new view(store.memory.buffer, address(value), values.length).set(values)
  }
  const module = wasmModule()
  module.importMemory('env', 'memory')
  const gemm = module.importFunction('env', 'gemm', gemmSignature)
  const packColumns = module.importFunction('env', 'packColumns', packColumnsSignature)
  const calls = createHostCalls(store.memory)
  const host = { add: calls.add, run: module.importFunction('env', 'host', hostCallSignature) }
  made.kernels.forEach((kernel, i) => {
    const f = module.func({ name: `kernel${i}` })
    emitPlan(f, { ...made, kernels: [kernel], copies: [] }, grounds, {
      module,
      arithmetic,
      gemm,
      packColumns,
      host,
      routines,
      scratch,
    })
  })
  const imports = { env: { memory: store.memory, ...store.products, host: calls.run } }
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.encode()), imports)
  const entries = made.kernels.map((_, i) => exports[`kernel${i}`] ?? (() => undefined))
  for (const entry of entries) entry()
  return made.kernels.map((kernel, i) => ({
    name: `${String(i).padStart(2)} ${titleOf(kernel)}`,
    flop: [...new Set([...kernel.members, kernel.root])].reduce((n, e) => n + flopOf(e), 0),
    prepare: (steps) => () => {
      const entry = entries[i]
      for (let n = 0; n < steps; n++) entry?.()
    },
  }))
}

for (const task of Object.values(tasks)) {
  const kernels = kernelsOf(task)
  const times = interleaved(kernels, set)
  const best = kernels.map(({ name }) => Math.min(...(times.get(name) ?? [])))
  console.log(`\n${task.name}  ${task.title}: ${time(best.reduce((a, b) => a + b, 0))}`)
  kernels.forEach(({ name, flop }, i) => {
    const each = best[i] ?? Number.NaN
    console.log(
      time(each).padStart(9),
      flop > 0 ? `${gigaflops(flop, each).toFixed(1).padStart(6)} GFLOP/s` : ' '.repeat(14),
      name,
    )
  })
}

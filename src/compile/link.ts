/** From a plan to code that runs: memory from the store, and one WebAssembly module over it. */
import { showShape } from '../graph/shape.js'
import { showBytes } from './allocator.js'
import { addressIn, emitPlan, scratchOf } from './emitPlan.js'
import { gemmSignature, packColumnsSignature } from './gemm/module.js'
import { createHostCalls, hostCallSignature } from './hostCalls.js'
import type { Address } from './loop.js'
import type { Plan, Roots } from './plan.js'
import { routines } from './routines/table.js'
import type { Store } from './store.js'
import { wasmModule } from './wasm.js'

/** A plan that can be run. */
export interface Linked {
  /** Runs all kernels and copies once. */
  readonly entry: () => void
  readonly address: Address
  /** Size of the generated module in bytes. */
  readonly moduleBytes: number
  /** Gives the memory back. */
  readonly release: () => void
}

/** Takes memory for a plan and its scratch, and makes its code. When it throws, the memory is still the store's. */
export const link = (roots: Roots, made: Plan, store: Store): Linked => {
  const scratchBytes = scratchOf(roots, routines)
  return store.arena.takeFor(made.arenaBytes + scratchBytes, asking(made, scratchBytes), (arena) => {
    const grounds = { arena, block: (name: string) => store.get(name).address }
    const module = wasmModule()
    module.importMemory('env', 'memory')
    const gemm = module.importFunction('env', 'gemm', gemmSignature)
    const packColumns = module.importFunction('env', 'packColumns', packColumnsSignature)
    const calls = createHostCalls(store.memory)
    const host = { add: calls.add, run: module.importFunction('env', 'host', hostCallSignature) }
    const run = module.func({ name: 'run' })
    const scratch = arena + made.arenaBytes
    emitPlan(run, made, grounds, { module, arithmetic: store.arithmetic, gemm, packColumns, host, routines, scratch })
    const bytes = module.encode()
    const env = { memory: store.memory, ...store.products, host: calls.run }
    const { run: entry } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env }).exports
    if (entry === undefined) throw new Error('compile: the module exports no run')
    return {
      entry,
      address: addressIn(made, grounds),
      moduleBytes: bytes.length,
      release: () => store.arena.give(arena),
    }
  })
}

/** What a plan needs its memory for: how much for what, and its largest values. */
const asking =
  ({ arenaBytes, ranges }: Plan, scratchBytes: number) =>
  (): string => {
    const largest = ranges.toSorted((p, q) => q.bytes - p.bytes).slice(0, 3)
    const names = largest.map(({ value }) => `${String(value.attrs.name ?? value.op.name)} ${showShape(value.shape)}`)
    return `a program (${showBytes(arenaBytes)} of temporary values, the largest ${names.join(', ') || 'none'}; ${showBytes(scratchBytes)} of scratch)`
  }

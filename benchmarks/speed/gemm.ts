/**
 * Speed of the matrix product, in GFLOP/s (2 m n k operations), one thread, in rounds of a millisecond that interleave all shapes
 * and the roof. The best round is the one nobody disturbed: a busy sibling thread slows the products, which need every issue
 * slot, more than the roof. `tsx benchmarks/speed/gemm.ts [--rounds n] [--milliseconds n] [--mode wide]`.
 */
import { scratchBytes } from '../../src/compile/gemm/blocking.js'
import { gemmModule, packColumnsSignature } from '../../src/compile/gemm/module.js'
import { emitSmallDot } from '../../src/compile/gemm/small.js'
import { wasmModule } from '../../src/compile/wasm.js'
import { options, switchTo } from './lib/options.js'
import { gigaflops } from './lib/report.js'
import { roofLoop } from './lib/roofLoop.js'
import { interleaved, quantile, type Work } from './lib/rounds.js'

const set = options({ rounds: 51, milliseconds: 1 })
await switchTo(set.mode)

const shapes = [
  ['NN', 128, 784, 400],
  ['NN', 128, 400, 400],
  ['TN', 784, 128, 400],
  ['NT', 128, 400, 784],
  ['NN', 10, 784, 100],
  ['NN', 512, 512, 512],
  ['NN', 16, 64, 32],
  ['TN', 784, 10, 100],
  ['NN', 128, 400, 10],
  ['NN', 16, 32, 12],
] as const

const memory = new WebAssembly.Memory({ initial: 256 })

const started = performance.now()
const encoded = gemmModule()
const emitted = performance.now()
const { gemm, packColumns } = new WebAssembly.Instance(new WebAssembly.Module(encoded), { env: { memory } }).exports
if (gemm === undefined || packColumns === undefined) throw new Error('no export gemm')
const compiled = performance.now()
console.log(
  `module: ${encoded.length} bytes, written in ${(emitted - started).toFixed(1)} ms, compiled in ${(compiled - emitted).toFixed(1)} ms`,
)

new Float32Array(memory.buffer).forEach((_, i, all) => {
  all[i] = ((i * 7919) % 2048) / 1024 - 1
})
const at = { a: 1024, b: 1024 + 4e6, c: 1024 + 8e6, scratch: 1024 + 12e6 }

/** A product with its sizes as immediates. */
const small = (m: number, n: number, k: number, ta: boolean, tb: boolean) => {
  const module = wasmModule()
  module.importMemory('env', 'memory')
  const pack = module.importFunction('env', 'packColumns', packColumnsSignature)
  const packing = { scratch: at.scratch, packColumns: pack }
  emitSmallDot(module.func({ name: 'dot' }), {
    m,
    n,
    k,
    ta,
    tb,
    a: at.a,
    b: at.b,
    c: at.c,
    arithmetic: 'exact',
    packing,
  })
  const imports = { env: { memory, packColumns } }
  return new WebAssembly.Instance(new WebAssembly.Module(module.encode()), imports).exports['dot']!
}

const repeated = (run: () => unknown) => (steps: number) => (): void => {
  for (let i = 0; i < steps; i++) run()
}

const products: readonly Work[] = shapes.flatMap(([form, m, k, n]) => {
  const [ta, tb] = [form === 'TN', form === 'NT']
  const [name, flop] = [`${form} ${m} x ${k} x ${n}`, 2 * m * k * n]
  const packed = () => gemm(at.a, at.b, at.c, 0, m, n, k, Number(ta), Number(tb), at.scratch)
  return [
    { name, flop, prepare: repeated(packed) },
    { name: `${name} small`, flop, prepare: repeated(small(m, n, k, ta, tb)) },
  ]
})
if (shapes.some(([, m, k, n]) => at.scratch + scratchBytes(m, n, k) > memory.buffer.byteLength))
  throw new Error('memory')

const roof = roofLoop()
const works = [roof, ...products]
const times = interleaved(works, set)
const rateOf = ({ name, flop }: Work, q: number): number => gigaflops(flop, quantile(times.get(name) ?? [], q))
console.log('GFLOP/s'.padEnd(26), 'best  median')
for (const work of works) {
  const [best, median] = [rateOf(work, 0), rateOf(work, 0.5)]
  const share = Math.round((100 * best) / rateOf(roof, 0))
  console.log(
    work.name.padEnd(26),
    best.toFixed(1).padStart(4),
    median.toFixed(1).padStart(7),
    ` best: ${share} % of the roof`,
  )
}

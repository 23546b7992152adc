import { scratchBytes } from '../../src/compile/gemm/blocking.js'
import { gemmModule, packColumnsSignature } from '../../src/compile/gemm/module.js'
import { emitSmallDot } from '../../src/compile/gemm/small.js'
import { wasmModule } from '../../src/compile/wasm.js'

/*
 * Speed of the matrix product, in GFLOP/s (2 m n k operations), one thread, in rounds of about a millisecond that interleave
 * all shapes and the roof: a loop of vector multiplications and additions that stays in registers. The best round is
 * the one nobody disturbed: a busy sibling thread slows the products, which need every issue slot, more than the roof.
 * Run: npx tsx benchmarks/speed/gemm.ts [rounds]
 */
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

const roof = (() => {
  const m = wasmModule()
  const f = m.func({ name: 'roof', params: { passes: 'i32' }, results: ['f32'] })
  const i = f.local('i32')
  const sums = Array.from({ length: 12 }, () => f.local('v128'))
  const factor = f.local('v128')
  const step = f.local('v128')
  for (const [local, value] of [
    [factor, 0.9375],
    [step, 0.5],
  ] as const) {
    f.f32x4.const(value)
    f.set(local)
  }
  f.forRange(i, 0, f.params.passes, 1, () => {
    for (const sum of sums) {
      f.get(step)
      f.get(sum)
      f.get(factor)
      f.f32x4.mul()
      f.f32x4.add()
      f.set(sum)
    }
  })
  sums.forEach((sum, s) => {
    f.get(sum)
    if (s > 0) f.f32x4.add()
  })
  f.f32x4.extract_lane(0)
  return new WebAssembly.Instance(new WebAssembly.Module(m.encode())).exports['roof']!
})()

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

interface Contender {
  readonly name: string
  readonly operations: number
  readonly run: () => void
}

const contenders: readonly Contender[] = [
  { name: 'roof f32x4 mul + add', operations: 12 * 8 * 1e5, run: () => void roof(1e5) },
  ...shapes.flatMap(([form, m, k, n]) => {
    const [ta, tb] = [form === 'TN', form === 'NT']
    const dot = small(m, n, k, ta, tb)
    const [name, operations] = [`${form} ${m} x ${k} x ${n}`, 2 * m * k * n]
    return [
      { name, operations, run: () => void gemm(at.a, at.b, at.c, 0, m, n, k, Number(ta), Number(tb), at.scratch) },
      { name: `${name} small`, operations, run: () => void dot() },
    ]
  }),
]
if (shapes.some(([, m, k, n]) => at.scratch + scratchBytes(m, n, k) > memory.buffer.byteLength))
  throw new Error('memory')

/** GFLOP/s of one round of at least 3e7 operations. */
const rate = ({ operations, run }: Contender): number => {
  const repeats = Math.ceil(3e7 / operations)
  const from = performance.now()
  for (let i = 0; i < repeats; i++) run()
  return (operations * repeats) / (performance.now() - from) / 1e6
}

const rounds = Number(process.argv[2] ?? 51)
const rates = contenders.map((): number[] => [])
for (let warm = 0; warm < 10; warm++) contenders.forEach(rate)
for (let round = 0; round < rounds; round++) contenders.forEach((contender, i) => rates[i]!.push(rate(contender)))

const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((x, y) => x - y)[Math.floor(q * (values.length - 1))] ?? Number.NaN
const roofBest = quantile(rates[0]!, 1)
console.log('GFLOP/s'.padEnd(26), 'best  median')
contenders.forEach(({ name }, i) => {
  const [best, median] = [quantile(rates[i]!, 1), quantile(rates[i]!, 0.5)]
  const share = Math.round((100 * best) / roofBest)
  console.log(
    name.padEnd(26),
    best.toFixed(1).padStart(4),
    median.toFixed(1).padStart(7),
    ` best: ${share} % of the roof`,
  )
})

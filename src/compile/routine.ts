/** Kernels that are not loops over one shape: products, one-hot rows and the gaps and leftovers of assembled vectors. */
import type { Expr } from '../graph/expr.js'
import { dotSizes } from '../graph/primitives/dot.js'
import { partOffsets } from '../graph/primitives/sliceAssemble.js'
import { columnsOf, sizeOf } from '../graph/shape.js'
import { chooseKernel } from './gemm/choose.js'
import { emitSmallDot } from './gemm/small.js'
import type { Address } from './loop.js'
import type { FunctionRef } from './wasm.js'
import type { FunctionBody } from './wasmFunction.js'

/** What routines need besides addresses. */
export interface RoutineContext {
  readonly address: Address
  readonly gemm: FunctionRef
  readonly packColumns: FunctionRef
  /** Byte address of the scratch area of products. */
  readonly scratch: number
  /** Whether part `i` of an assembled vector is already in its place. */
  readonly placed: (whole: Expr, i: number) => boolean
}

/** Emits one routine kernel. */
export const emitRoutine = (f: FunctionBody, e: Expr, c: RoutineContext): void => {
  if (e.op.name === 'dot') return emitDot(f, e, c)
  if (e.op.name === 'oneHot') return emitOneHot(f, e, c)
  if (e.op.name === 'assemble') return emitAssemble(f, e, c)
  throw new Error(`compile: the routine '${e.op.name}' has no code`)
}

const emitDot = (f: FunctionBody, e: Expr, { address, gemm, packColumns, scratch }: RoutineContext): void => {
  const product = { ...dotSizes(e), ta: e.attrs.ta === true, tb: e.attrs.tb === true }
  const [a, b, init] = e.args
  const at = { a: address(a!), b: address(b!), c: address(e) }
  if (chooseKernel(product) === 'small') {
    const bias = init === undefined ? {} : { bias: address(init) }
    emitSmallDot(f, { ...product, ...at, ...bias, packing: { scratch, packColumns } })
    return
  }
  const { m, n, k, ta, tb } = product
  const flags = [ta ? 1 : 0, tb ? 1 : 0]
  for (const value of [at.a, at.b, at.c, init === undefined ? 0 : address(init), m, n, k, ...flags, scratch])
    f.i32.const(value)
  f.call(gemm)
}

const emitOneHot = (f: FunctionBody, e: Expr, { address }: RoutineContext): void => {
  const n = columnsOf(e.shape)
  const [at, to] = [address(e.args[0]!), address(e)]
  const i = f.local('i32')
  const index = f.local('i32')
  f.i32.const(to)
  f.i32.const(0)
  f.i32.const(sizeOf(e.shape) * 4)
  f.memory.fill()
  f.forRange(i, 0, (e.shape[0] ?? 0) * 4, 4, () => {
    f.get(i)
    f.i32.load(at)
    f.tee(index)
    f.i32.const(n)
    f.i32.lt_u()
    f.if(() => {
      f.get(i)
      f.i32.const(n)
      f.i32.mul()
      f.get(index)
      f.i32.const(4)
      f.i32.mul()
      f.i32.add()
      f.f32.const(1)
      f.f32.store(to)
    })
  })
}

const emitAssemble = (f: FunctionBody, e: Expr, { address, placed }: RoutineContext): void => {
  const to = address(e)
  const fill = (from: number, until: number): void => {
    if (until <= from) return
    f.i32.const(to + from * 4)
    f.i32.const(0)
    f.i32.const((until - from) * 4)
    f.memory.fill()
  }
  let end = 0
  e.args.forEach((part, i) => {
    const at = partOffsets(e)[i] ?? 0
    fill(end, at)
    end = at + sizeOf(part.shape)
    if (placed(e, i)) return
    f.i32.const(to + at * 4)
    f.i32.const(address(part))
    f.i32.const(sizeOf(part.shape) * 4)
    f.memory.copy()
  })
  fill(end, sizeOf(e.shape))
}

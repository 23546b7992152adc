import type { Arithmetic } from '../arithmetic.js'
import { once } from '../once.js'
import { gemmModule } from './module.js'

/** An exported kernel: every argument is an i32. */
export type Kernel = (...values: readonly (number | bigint)[]) => number | bigint | undefined

/** What programs import: the packed product and the packing that small products with a transposed b share with it. */
export interface Products {
  readonly gemm: Kernel
  readonly packColumns: Kernel
}

/** The bytes are the same for every store. */
const modules: Readonly<Record<Arithmetic, () => Uint8Array<ArrayBuffer>>> = {
  exact: once(() => gemmModule('exact')),
  fast: once(() => gemmModule('fast')),
}

/** Instantiates the kernels of matrix products over a memory. */
export const instantiateProducts = (memory: WebAssembly.Memory, arithmetic: Arithmetic): Products => {
  const { gemm, packColumns } = new WebAssembly.Instance(new WebAssembly.Module(modules[arithmetic]()), {
    env: { memory },
  }).exports
  if (gemm === undefined || packColumns === undefined) throw new Error('gemm: the module exports no kernels')
  return { gemm, packColumns }
}

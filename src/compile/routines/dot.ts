/** Matrix products: small ones get a kernel of their own, large ones call the packed kernel of the store. */
import { dotSizes } from '../../graph/primitives/dot.js'
import { scratchBytes } from '../gemm/blocking.js'
import { chooseKernel } from '../gemm/choose.js'
import { emitSmallDot, smallScratchBytes } from '../gemm/small.js'
import type { Expr } from '../../graph/expr.js'
import type { Routine } from '../routine.js'

const productOf = (e: Expr) => ({ ...dotSizes(e), ta: e.attrs.ta === true, tb: e.attrs.tb === true })

/** See above. */
export const dotRoutine: Routine = {
  scratch: (e) => {
    const product = productOf(e)
    return Math.max(scratchBytes(product.m, product.n, product.k), smallScratchBytes(product))
  },
  emit: (f, e, { address, gemm, packColumns, scratch, arithmetic }) => {
    const product = productOf(e)
    const [a, b, init] = e.args
    const at = { a: address(a!), b: address(b!), c: address(e) }
    if (chooseKernel(product) === 'small') {
      const bias = init === undefined ? {} : { bias: address(init) }
      emitSmallDot(f, { ...product, ...at, ...bias, arithmetic, packing: { scratch, packColumns } })
      return
    }
    const { m, n, k, ta, tb } = product
    const flags = [ta ? 1 : 0, tb ? 1 : 0]
    for (const value of [at.a, at.b, at.c, init === undefined ? 0 : address(init), m, n, k, ...flags, scratch])
      f.i32.const(value)
    f.call(gemm)
  },
}

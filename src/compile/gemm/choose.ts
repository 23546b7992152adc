import type { Product } from './twin.js'

/** Products up to this many multiplications fit the caches without packing. */
const smallProduct = 1e6

/** Up to this many columns the edge tile of the packed kernel wastes more than packing saves. */
const fewColumns = 16

/** Beyond this depth the packed kernel wins where b has to be packed anyway. */
const shallow = 64

/**
 * Which kernel a product should use: `emitSmallDot`, generated for its sizes, or the packed `gemm`. Measured with
 * benchmarks/speed/gemm.ts; the bits are the same, so the rule may be changed freely.
 */
export const chooseKernel = ({ m, n, k, tb }: Product): 'small' | 'packed' =>
  n <= fewColumns || (m * n * k <= smallProduct && (!tb || k <= shallow)) ? 'small' : 'packed'

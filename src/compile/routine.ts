/** Routines: kernels that are not loops over one shape. One file each in `routines/`, listed in `routines/table.ts`. */
import type { Expr } from '../graph/expr.js'
import type { Arithmetic } from './arithmetic.js'
import type { HostCall } from './hostCalls.js'
import type { Address } from './loop.js'
import type { FunctionRef, WasmModule } from './wasm.js'
import type { FunctionBody } from './wasmFunction.js'

/** What routines need besides the node. */
export interface RoutineContext {
  /** The module under construction: routines may add functions to it. */
  readonly module: WasmModule
  readonly arithmetic: Arithmetic
  readonly address: Address
  readonly gemm: FunctionRef
  readonly packColumns: FunctionRef
  /** Functions of the host: `add` gives the number of a call, `run` does it. */
  readonly host: { readonly add: (call: HostCall) => number; readonly run: FunctionRef }
  /** All routines: a loop over time has some in its body. */
  readonly routines: Routines
  /** Byte address of the routine's scratch area, 64-byte aligned; its contents are undefined. */
  readonly scratch: number
  /** Whether part `i` of an assembled vector is already in its place. */
  readonly placed: (whole: Expr, i: number) => boolean
}

/** The code of one primitive whose `codegen` is `routine`. */
export interface Routine {
  /** Bytes of scratch that `emit` needs for this node; absent: none. Kernels run one after another and share one area. */
  readonly scratch?: (e: Expr, routines: Routines) => number
  /** Appends the kernel; it reads the arguments at their addresses and writes all of the node's own. */
  readonly emit: (f: FunctionBody, e: Expr, c: RoutineContext) => void
}

/** Routines by the name of their primitive. */
export type Routines = Readonly<Record<string, Routine>>

/** Calls from a program to functions of the host: the module imports one function, which it gives the number of a call. */
import type { Signature } from './wasm.js'
import { keptView, type Values } from './store.js'

/** Numbers in memory: f32 from `address` on. */
interface Span {
  readonly address: number
  readonly size: number
}

/** What a call does: it reads its arguments and writes its result. */
export interface HostCall {
  readonly run: (args: readonly Values[], out: Values) => void
  readonly args: readonly Span[]
  readonly to: Span
}

/** The calls of one program. */
interface HostCalls {
  /** Takes a call in and gives its number. */
  readonly add: (call: HostCall) => number
  /** What the module imports: does the call of this number. */
  readonly run: (call: number) => undefined
}

/** Signature of the import: the number of a call. */
export const hostCallSignature: Signature = { params: ['i32'] }

/** No calls yet, over this memory. */
export const createHostCalls = (memory: WebAssembly.Memory): HostCalls => {
  const calls: (() => void)[] = []
  const viewOf = ({ address, size }: Span): (() => Values) => keptView(memory, 'f32', address, size)
  return {
    add: ({ run, args, to }) => {
      const [views, out] = [args.map(viewOf), viewOf(to)]
      return (
        calls.push(() => {
          run(
            views.map((view) => view()),
            out(),
          )
        }) - 1
      )
    },
    run: (call) => {
      calls[call]?.()
      return undefined
    },
  }
}

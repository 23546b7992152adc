/** The part of the WebAssembly JavaScript interface used here; the compiler's own declarations come only with the DOM. */
declare namespace WebAssembly {
  type Numeric = (...values: readonly (number | bigint)[]) => number | bigint | undefined
  type Imports = Readonly<
    Record<string, Readonly<Record<string, Memory | ((...values: readonly number[]) => number | bigint | undefined)>>>
  >
  interface Memory {
    readonly buffer: ArrayBuffer
    readonly grow: (pages: number) => number
  }
  interface Module {
    readonly [Symbol.toStringTag]: string
  }
  interface Instance {
    readonly exports: Readonly<Record<string, Numeric>>
  }
  const Memory: new (descriptor: { readonly initial: number; readonly maximum?: number }) => Memory
  const Module: new (bytes: Uint8Array<ArrayBuffer>) => Module
  const Instance: new (module: Module, imports?: Imports) => Instance
  const validate: (bytes: Uint8Array<ArrayBuffer>) => boolean
}

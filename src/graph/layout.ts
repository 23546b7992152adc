/** Named tensors inside one flat vector: parameters are a vector with a layout, and views are free. */
import type { Expr } from './expr.js'
import { reshape } from './primitives/reshape.js'
import { assemble, slice } from './primitives/sliceAssemble.js'
import { type Shape, sizeOf } from './shape.js'

/** One named tensor: where it starts and how long it is, in elements. */
export interface Entry {
  readonly name: string
  readonly shape: Shape
  readonly offset: number
  readonly size: number
}

/** Entries one after another, without gaps. */
export interface Layout {
  readonly size: number
  readonly entries: readonly Entry[]
}

/** Lays tensors out in the order given. Throws on a name used twice. */
export const layout = (tensors: readonly { readonly name: string; readonly shape: Shape }[]): Layout => {
  const entries: Entry[] = []
  let offset = 0
  for (const { name, shape } of tensors) {
    if (entries.some((e) => e.name === name)) throw new Error(`layout: the name '${name}' is used twice`)
    entries.push({ name, shape, offset, size: sizeOf(shape) })
    offset += sizeOf(shape)
  }
  return { size: offset, entries }
}

/** The tensor `name` as a view of the flat vector. Throws on an unknown name, with the known ones. */
export const view = (l: Layout, flat: Expr, name: string): Expr => {
  const entry = l.entries.find((e) => e.name === name)
  if (entry === undefined)
    throw new Error(`layout: no tensor '${name}'; known: ${l.entries.map((e) => e.name).join(', ')}`)
  return slice(flat, entry.offset, entry.shape)
}

/** A new flat vector with `f` applied to every tensor; `f` keeps the size. */
export const mapLayout = (l: Layout, flat: Expr, f: (part: Expr, name: string) => Expr): Expr =>
  assemble(
    l.size,
    l.entries.map((e) => ({ at: e.offset, value: reshape(f(slice(flat, e.offset, e.shape), e.name), e.shape) })),
  )

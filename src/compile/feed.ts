/** What a run is fed: inputs by name, each with its place in memory, checked before anything is written. */
import type { DType, Expr } from '../graph/expr.js'
import { rowsPrimitive, scatterAddPrimitive } from '../graph/primitives/rows.js'
import { sameShape, showShape, sizeOf } from '../graph/shape.js'
import { resolve } from './places.js'
import type { Values } from './store.js'

/** Values of inputs by name. */
export type Feed = Readonly<Record<string, number | ArrayLike<number>>>

/** One input: its element type and length, and below which number its elements must be when they index a table. */
export interface Port {
  readonly expr: Expr
  readonly dtype: DType
  readonly size: number
  readonly limit: number
}

/** The inputs among the nodes of a graph, in topological order, by name. Throws when one name stands for two shapes. */
export const portsOf = (order: readonly Expr[]): ReadonlyMap<string, Port> => {
  const limits = new Map<Expr, number>()
  for (const e of order) {
    const [table, indices] = e.args
    if ((e.op !== rowsPrimitive && e.op !== scatterAddPrimitive) || table === undefined || indices === undefined)
      continue
    const count = (e.op === rowsPrimitive ? table : e).shape[0] ?? 0
    const { base } = resolve(indices)
    limits.set(base, Math.min(limits.get(base) ?? Infinity, count))
  }
  const ports = new Map<string, Port>()
  for (const e of order) {
    if (e.op.name !== 'input') continue
    const name = String(e.attrs.name)
    const known = ports.get(name)
    if (known !== undefined && (!sameShape(known.expr.shape, e.shape) || known.dtype !== e.dtype))
      throw new Error(
        `compile: input '${name}' is both ${known.dtype} ${showShape(known.expr.shape)} and ${e.dtype} ${showShape(e.shape)}`,
      )
    const limit = Math.min(limits.get(e) ?? Infinity, known?.limit ?? Infinity)
    ports.set(name, { expr: e, dtype: e.dtype, size: sizeOf(e.shape), limit })
  }
  return ports
}

/** An input that can be written: `view` is its place. `given` turns true with its first value. */
interface Entrance extends Port {
  readonly name: string
  readonly view: () => Values
  given: boolean
}

/**
 * Writes the inputs of a run, or throws with everything that is wrong with them and writes nothing. Inputs that are not given
 * keep their last value. Names of `written` that have no port are allowed: a simplification made them needless.
 */
export const feeder = (
  ports: ReadonlyMap<string, Port>,
  written: ReadonlyMap<string, Port>,
  view: (port: Port) => () => Values,
): ((values: Feed) => void) => {
  const entrances = new Map(
    [...ports].map(([name, port]): readonly [string, Entrance] => [
      name,
      { ...port, name, view: view(port), given: false },
    ]),
  )
  let missing = entrances.size
  const problems = (values: Feed): readonly string[] => {
    const wrong = Object.entries(values).flatMap(([name, value]) => {
      const entrance = entrances.get(name)
      if (entrance === undefined)
        return written.has(name) ? [] : [`no input '${name}'; known: ${[...written.keys()].join(', ')}`]
      return isGood(entrance, value) ? [] : [whatIsWrong(entrance, value)]
    })
    const never = [...entrances.values()].filter((e) => !e.given && values[e.name] === undefined)
    return [...wrong, ...never.map((e) => `input '${e.name}' was never given a value`)]
  }
  return (values) => {
    let fine = true
    let fresh = 0
    for (const name in values) {
      const entrance = entrances.get(name)
      const value = values[name]
      if (value === undefined) continue
      if (entrance === undefined ? !written.has(name) : !isGood(entrance, value)) fine = false
      else if (entrance?.given === false) fresh++
    }
    if (!fine || fresh < missing) throw new Error(`program: ${problems(values).join('; ')}`)
    for (const name in values) {
      const entrance = entrances.get(name)
      const value = values[name]
      if (entrance === undefined || value === undefined) continue
      const at = entrance.view()
      if (typeof value === 'number') at[0] = value
      else at.set(value)
      entrance.given = true
    }
    missing = 0
  }
}

/** Whether `value` can be fed: of the right length, and every index inside of its table. Runs at each step. */
const isGood = ({ size, limit }: Port, value: number | ArrayLike<number>): boolean => {
  if (typeof value === 'number') return size === 1 && (limit === Infinity || (value >= 0 && value < limit))
  if (value.length !== size) return false
  if (limit === Infinity) return true
  for (let i = 0; i < size; i++) if (!(value[i]! >= 0 && value[i]! < limit)) return false
  return true
}

const whatIsWrong = ({ name, size, limit }: Entrance, value: number | ArrayLike<number>): string => {
  const given = typeof value === 'number' ? [value] : Array.from(value)
  if (given.length !== size) return `input '${name}' needs ${size} values, got ${given.length}`
  return `input '${name}' holds index ${given.find((i) => !(i >= 0 && i < limit))}, its table has ${limit} rows`
}

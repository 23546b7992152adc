/** Everything that a learner keeps between steps, to be compared to the last bit. */
import type { Learner } from '../../src/train/learner.js'
import { stateBlock } from '../../src/train/passes.js'
import { slotBlock, tensorBlock, wakeSlots } from '../../src/train/tensors.js'

/** By name: `params`, `optimiser/...`, `strategy/tensor/...`, `strategy/statistic/...`, `strategy/host`, `strategy/buffer`. In copies. */
export const keptBy = ({ world, place }: Pick<Learner, 'world' | 'place'>): Readonly<Record<string, unknown>> => {
  const { store, optimiser, method, buffers, inputs } = world
  const blocks = [
    'params',
    stateBlock,
    ...optimiser.slots.map(({ name }) => slotBlock(wakeSlots, name)),
    ...method.flatMap((s) => Object.keys(s.tensors ?? {}).map((name) => tensorBlock(s.name, name))),
  ]
  const rows = [...buffers].map(([id, { size, seen, labels, contexts, experiences, block, columns, capacity }]) => {
    const pixels = capacity > 0 ? store.read(block).slice(0, size * inputs) : []
    const own = Object.entries(columns).map(([name, c]) => [name, store.read(c.block).slice(0, size * c.width)])
    const told = [labels, contexts, experiences].map((values) => values.slice(0, size))
    return [id, { size, seen, told, pixels, columns: capacity > 0 ? own : [] }] as const
  })
  const statistics = [...place.statistics].flatMap(([s, own]) =>
    Object.entries(own).map(([name, values]) => [`${s}/statistic/${name}`, values.slice()] as const),
  )
  return Object.fromEntries([
    ...blocks.filter(store.has).map((name) => [name, store.read(name)] as const),
    ...statistics,
    ...[...place.host].map(([s, host]) => [`${s}/host`, structuredClone(host)] as const),
    ...rows,
    ['experience', store.read(world.experience.block)],
  ])
}

/** Names of what differs. NaN is equal to NaN. */
export const changed = (a: ReturnType<typeof keptBy>, b: ReturnType<typeof keptBy>): readonly string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => !same(a[name], b[name]))

const same = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length && keys.every((k) => k in b && same(Reflect.get(a, k), Reflect.get(b, k)))
  )
}

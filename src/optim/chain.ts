/** Composition: parts in their order, then an optimiser, as one optimiser. */
import type { Expr } from '../graph/expr.js'
import { assertOptions, listOf, type Rule } from '../graph/options.js'
import { type Optimiser, type Slot, slotOf, type SlotValues } from './optimiser.js'
import type { Before, Transform } from './transform.js'

interface Placed {
  readonly part: Transform
  readonly prefix: string
}

const has = (v: unknown, method: string): boolean =>
  typeof v === 'object' && v !== null && new Map<string, unknown>(Object.entries(v)).get(method) instanceof Function

const partRule: Rule = { expected: 'a part, as clipByNorm(…) makes it', accepts: (v) => has(v, 'apply') }
const optimiserRule: Rule = { expected: 'an optimiser, as sgd(…) makes it', accepts: (v) => has(v, 'update') }

/**
 * Each part sees what the parts before it made of gradient, parameters and rate; the optimiser steps last. The result is an optimiser
 * again. Slots of the optimiser keep their names; those of a part are `<part><number>/<slot>`, so none meet. Throws where a part stands
 * in the optimiser's place, or an optimiser in that of a part.
 */
export const chain = (parts: readonly Transform[], optimiser: Optimiser): Optimiser => {
  assertOptions('chain', { parts, optimiser }, { parts: listOf(partRule), optimiser: optimiserRule })
  const placed = place(parts, optimiser)
  return {
    name: [...parts.map(({ name }) => name), optimiser.name].join('+'),
    rate: optimiser.rate,
    slots: [
      ...placed.flatMap(({ part, prefix }) => part.slots.map((s): Slot => ({ ...s, name: `${prefix}/${s.name}` }))),
      ...optimiser.slots,
    ],
    update: ({ gradient, params, slots, rate = optimiser.rate }) => {
      let at: Before = { gradient, params, rate }
      const after: Record<string, Expr> = {}
      for (const { part, prefix } of placed) {
        const { slots: own = {}, ...changed } = part.apply({ ...at, slots: ownSlots(part, prefix, slots) })
        at = { ...at, ...changed }
        for (const [name, value] of Object.entries(own)) after[`${prefix}/${name}`] = value
      }
      const stepped = optimiser.update({ ...at, slots })
      return { params: stepped.params, slots: { ...after, ...stepped.slots } }
    },
  }
}

const ownSlots = (part: Transform, prefix: string, slots: SlotValues): SlotValues =>
  Object.fromEntries(part.slots.map(({ name }) => [name, slotOf(slots, `${prefix}/${name}`)]))

/** Numbers the parts, past the numbers that the optimiser uses when it is a chain itself. */
const place = (parts: readonly Transform[], optimiser: Optimiser): readonly Placed[] => {
  const used = new Set(optimiser.slots.map(({ name }) => name.slice(0, name.lastIndexOf('/'))))
  return parts.map((part) => {
    let number = 0
    while (used.has(`${part.name}${number}`)) number++
    const prefix = `${part.name}${number}`
    used.add(prefix)
    return { part, prefix }
  })
}

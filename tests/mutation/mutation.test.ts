import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { primitives } from '../../src/graph/primitives/table.js'
import { isKilled, isRight } from './judge.js'
import { allMutants, ruleNames } from './mutants.js'
import { idOf, listed, tableOf } from './table.js'

const mutants = allMutants(primitives)

/** One of each kind of fault in each rule, the middle one: `npm run gradients:mutate` runs all. */
const some = primitives.flatMap((p) =>
  ruleNames.flatMap((rule) => {
    const own = mutants.filter((m) => m.primitive === p.name && m.rule === rule && !listed.has(idOf(m)))
    return [...new Set(own.map((m) => m.kind))].flatMap((kind) => {
      const same = own.filter((m) => m.kind === kind)
      return same.slice(Math.floor(same.length / 2)).slice(0, 1)
    })
  }),
)

describe('faults in derivative rules', () => {
  it('are planted in every rule of every primitive that gives something', () => {
    const planted = new Set(mutants.map((m) => `${m.primitive} ${m.rule}`))
    const without = primitives.flatMap((p) =>
      ruleNames
        .filter((rule) => p[rule] !== undefined && !planted.has(`${p.name} ${rule}`))
        .map((rule) => `${p.name} ${rule}`),
    )
    expect(without).toEqual(['oneHot vjp', 'oneHot jvp', 'random vjp', 'random jvp'])
  })

  it('are found by the checks, which find nothing wrong without them', () => {
    const byName = new Map(primitives.map((p) => [p.name, p]))
    const cases = new Map(
      some.flatMap((m) => m.cases.slice(0, 1).map((one) => [one, byName.get(m.primitive)!] as const)),
    )
    expect([...cases].filter(([one, primitive]) => !isRight(one, primitive)).map(([one]) => one.seed)).toEqual([])
    expect(some.filter((m) => !isKilled(m)).map(idOf)).toEqual([])
  }, 300_000)

  it('that are listed as equivalent are planted, and found by nothing', () => {
    const same = mutants.filter((m) => listed.has(idOf(m)))
    expect([...listed].filter((id) => !same.some((m) => idOf(m) === id))).toEqual([])
    expect(same.filter((m) => isKilled(m, 1)).map(idOf)).toEqual([])
  }, 300_000)

  it('are counted in the committed table', () => {
    expect(readFileSync('docs/gradient-mutations.md', 'utf8')).toBe(tableOf(mutants))
  })
})

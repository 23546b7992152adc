/** Every fault in every rule of a primitive, found by watching what its rules make of random instances. */
import type { Expr, Primitive } from '../../src/graph/expr.js'
import { gradients } from '../../src/graph/grad.js'
import { jvp } from '../../src/graph/jvp.js'
import { input, mul, sum } from '../../src/graph/ops.js'
import { print } from '../../src/graph/print.js'
import { promised } from '../../src/graph/promised.js'
import { sameShape } from '../../src/graph/shape.js'
import { simplify } from '../../src/graph/simplify.js'
import { substitute } from '../../src/graph/substitute.js'
import { topological } from '../../src/graph/topological.js'
import { type Case, casesOf } from './cases.js'
import { type FaultKind, faultsOf, faultsOfPassed } from './faults.js'
import { passedOn, type Results, sitesOf } from './sites.js'
import { type Names, structureOf, textOf } from './text.js'

/** The rules of a primitive's record that derivatives are made of. */
export const ruleNames = ['vjp', 'jvp', 'promise'] as const
export type RuleName = (typeof ruleNames)[number]

/** A primitive with one fault in one rule. */
export interface Mutant {
  readonly primitive: string
  readonly rule: RuleName
  readonly kind: FaultKind
  /** The fault in words, and the node it stands at: what lists of equivalents name it by. */
  readonly name: string
  /** Instances in which the fault changes the graph that the rule makes. */
  readonly cases: readonly Case[]
  readonly faulty: Primitive
}

/** What a rule gave, what it was given by name, and for each result that may be null, the expression whose shape it has. */
export interface Made {
  readonly results: Results
  readonly names: Names
  readonly like: Results
}

/** `primitive` with what a rule gives changed. The rule itself sees the primitive as it is. */
export const edited = (primitive: Primitive, rule: RuleName, edit: (made: Made) => Results): Primitive => {
  const { vjp, jvp, promise } = primitive
  const own = (e: Expr): Expr => ({ ...e, op: primitive })
  const named = (...groups: readonly (readonly [string, readonly (Expr | null | undefined)[]])[]): Names => {
    const all = groups.flatMap(([name, es]) => es.map((e, i) => [e, es.length === 1 ? name : `${name}${i}`] as const))
    return new Map(all.flatMap(([e, name]) => (e === null || e === undefined ? [] : [[e, name] as const])).reverse())
  }
  if (rule === 'vjp' && vjp !== undefined)
    return {
      ...primitive,
      vjp: (ct, e, wanted) => {
        const y = own(e)
        return edit({
          results: vjp(ct, y, wanted),
          names: named(['ct', [ct]], ['x', e.args], ['y', [y]]),
          like: e.args.map((a, i) => (a.dtype === 'f32' && wanted?.[i] !== false ? a : null)),
        })
      },
    }
  if (rule === 'jvp' && jvp !== undefined)
    return {
      ...primitive,
      jvp: (tangents, e) => {
        const y = own(e)
        const names = named(['t', tangents], ['x', e.args], ['y', [y]])
        return edit({ results: [jvp(tangents, y)], names, like: [e] })[0] ?? null
      },
    }
  if (rule === 'promise' && promise !== undefined)
    return {
      ...primitive,
      promise: (e, base) => {
        const names = named(['x', e.args], ['base', base])
        return edit({ results: [promise(own(e), base)], names, like: [null] })[0] ?? e
      },
    }
  return primitive
}

/** A fault in what a rule gave, and what it makes of that. */
interface Planted {
  readonly kind: FaultKind
  readonly name: string
  /** Which node of those that the rule made; −1: one that it passed on, or a result. */
  readonly site: number
  readonly results: () => Results
}

/** Every fault; with `only`, those at one site (see `Planted`), among them some that change nothing. */
const plantedIn = ({ results, names, like }: Made, only?: number): readonly Planted[] => {
  const given = [...names.keys()].reverse()
  const told = new Map([...topological(given).map((e) => [e, 'given'] as const), ...names])
  const called = (what: string): string =>
    what.replace(/another: (\d+)$/, (_, i) => names.get(given[Number(i)]!) ?? `leaf ${i}`)
  const changed = (i: number, by: Expr | null) => ({
    site: -1,
    results: () => results.map((e, k) => (k === i ? by : e)),
  })
  const nothing = results.flatMap((e, i): readonly Planted[] => {
    const [first] = given
    if (e !== null && like[i] === null) return []
    if (e !== null) return [{ kind: 'missing', name: `missing: nothing for argument ${i}`, ...changed(i, null) }]
    if (first === undefined || !sameShape(like[i]?.shape ?? [-1], first.shape)) return []
    const name = `argument: ${names.get(first)} for argument ${i}, where nothing flows`
    return [{ kind: 'argument', name, ...changed(i, first) }]
  })
  const passed = passedOn(results, given).flatMap(({ node, at, put }) =>
    faultsOfPassed(node, given).map(({ kind, what, by }): Planted => {
      const name = `${kind}: ${called(what)}, for argument ${at} ${textOf(node, told, 3)}`
      return { kind, name, site: -1, results: () => put(by) }
    }),
  )
  const bare = new Map([...names].map(([e, name]) => [e, input(name, e.shape, e.dtype)]))
  const nodes = sitesOf(results, given).flatMap((site, at) => {
    if (only !== undefined && only !== at) return []
    const meaning = (e: Expr): string =>
      print(simplify(substitute([e], bare))).replaceAll(/ negative=(true|false)/g, '')
    const right = only === undefined ? meaning(site.node) : ''
    const place = `at ${at} ${textOf(site.node, told, 3)}${site.inside ? ' in the loop' : ''}`
    return faultsOf(site.node, site.near)
      .filter(({ by }) => only !== undefined || meaning(by) !== right)
      .map(
        ({ kind, what, by }): Planted => ({
          kind,
          site: at,
          name: `${kind}: ${site.inside ? what : called(what)}, ${place}`,
          results: () => site.put(by),
        }),
      )
  })
  return [...nothing, ...passed, ...nodes]
}

/** Asks for the derivatives of a case in both modes, and for what they are of. */
const transform = ({ of, smooth }: Case, primitive: Primitive): void => {
  const leaves = smooth.map((a) => input(a.name ?? '', a.shape, a.below === undefined ? 'f32' : a.dtype))
  const moving = leaves.filter((leaf, i) => leaf.dtype === 'f32' && smooth[i]?.fixed !== true)
  const y = of(primitive)(...leaves)
  gradients(sum(mul(y, input('u', y.shape))), moving)
  jvp(
    [y],
    moving.map((leaf, i) => ({ of: leaf, along: input(`along${i}`, leaf.shape) })),
  )
  promised(
    [y],
    moving.map((leaf, i) => ({ of: leaf, base: input(`base${i}`, leaf.shape) })),
  )
}

/** All mutants of a primitive, each with up to `limit` instances out of those that `seeds` draw, small ones first. */
export const mutantsOf = (primitive: Primitive, seeds: readonly number[], limit: number): readonly Mutant[] => {
  return ruleNames.flatMap((rule) => {
    if (primitive[rule] === undefined) return []
    // small ones, but not so small that no entry is at a kink
    const rank = ({ size }: Case): number => (size < 8 ? 1000 - size : size)
    const cases = seeds.flatMap((seed) => casesOf(primitive, seed, rule)).sort((a, b) => rank(a) - rank(b))
    const looked = new Map<string, number>()
    const found = new Map<string, { planted: Planted; structure: string; cases: Case[] }>()
    for (const one of cases) {
      const watching = edited(primitive, rule, (made) => {
        const { results, names } = made
        const structure = structureOf(results, names)
        // the same graph in the same shapes has the same faults
        const shaped = `${structure}\n${[...names.keys()].map((e) => e.shape.join('×')).join(' ')}`
        const looks = looked.get(shaped) ?? 0
        looked.set(shaped, looks + 1)
        if (looks >= limit) return results
        for (const planted of plantedIn(made)) {
          const id = `${structure}\n${planted.name}`
          const known = found.get(id)
          if (known !== undefined && known.cases.length >= limit) continue
          if (known === undefined) found.set(id, { planted, structure, cases: [one] })
          else if (!known.cases.includes(one)) known.cases.push(one)
        }
        return results
      })
      transform(one, watching)
    }
    return [...found.values()].map(
      ({ planted: { kind, name, site }, structure, cases }): Mutant => ({
        primitive: primitive.name,
        rule,
        kind,
        name,
        cases,
        faulty: edited(primitive, rule, (made) =>
          structureOf(made.results, made.names) === structure
            ? (plantedIn(made, site)
                .find((p) => p.name === name)
                ?.results() ?? made.results)
            : made.results,
        ),
      }),
    )
  })
}

/** All mutants of all primitives, as the committed table has them. */
export const allMutants = (table: readonly Primitive[]): readonly Mutant[] =>
  table.flatMap((primitive) =>
    mutantsOf(
      primitive,
      Array.from({ length: 60 }, (_, i) => i),
      3,
    ),
  )

/** docs/strategies.md is about the strategies that there are: their names, options, defaults and published option sets. */
import { readdirSync, readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeWith } from '../../src/codec/decode.js'
import { type AnyPlugin, strategies } from '../../src/strategy/registry.js'
import { strategyEntry } from '../../src/train/strategyEntry.js'
import { blocksOf } from './blocks.js'

const document = 'docs/strategies.md'
const text = readFileSync(document, 'utf8')

/** Sections by heading, each up to the next one; the names of strategies are headings of their own. */
const sections = new Map(
  text
    .replace(/^```[\s\S]*?^```$/gm, '')
    .split(/^#+ /m)
    .map((section) => [section.split('\n')[0] ?? '', section] as const),
)
const sectionOf = (name: string): string => sections.get(`\`${name}\``) ?? ''

interface Row {
  readonly option: string
  /** What it may be, where that has a name. */
  readonly names: readonly string[]
  /** What is marked, without markup: `required`, `absent`, JSON, or the name of a value. */
  readonly marked: string
}

const rowsOf = (section: string): readonly Row[] =>
  section.split('\n').flatMap((line) => {
    const [, option, values = ''] = /^\| `([^`]+)` \| (.*?) \| /.exec(line) ?? []
    if (option === undefined) return []
    const names = [...values.matchAll(/`([^`{]+)`/g)].map(([, name = '']) => name)
    const [, marked = '', required = marked] = /\*\*`?(.*?)`?\*\*|\*(required)\*/.exec(values) ?? []
    return [{ option, names, marked: required }]
  })

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const sorted = (names: Iterable<string>): readonly string[] => [...names].sort(byText)

/** What decoding makes of nothing but the options without a default, which are all numbers. */
const resolved = ({ name, options }: AnyPlugin) => {
  const bare = decodeWith(options, {})
  const required = E.isLeft(bare) ? bare.left.map(({ path }) => path) : []
  const decoded = decodeWith(options, Object.fromEntries(required.map((option) => [option, 100])))
  if (E.isLeft(decoded)) throw new Error(`${name}: ${JSON.stringify(decoded.left)}`)
  return { required, values: new Map(Object.entries(Object(decoded.right))) }
}

/** Names of all options, also of those that may be absent: what an unknown one is answered with. */
const optionsOf = ({ options }: AnyPlugin): readonly string[] => {
  const refused = decodeWith(options, { '?': 0 })
  const found = E.isLeft(refused) ? refused.left.find(({ path }) => path === '?') : undefined
  return [...(found?.expected ?? '').matchAll(/'(\w+)'/g)].map(([, option = '']) => option)
}

/** Values of an option that have a name: what another text is answered with. */
const namesOf = ({ options }: AnyPlugin, option: string): readonly string[] => {
  const refused = decodeWith(options, { [option]: '?' })
  const found = E.isLeft(refused) ? refused.left.filter(({ path }) => path.split('.')[0] === option) : []
  return found.flatMap(({ expected }) => [...expected.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name))
}

const said = (value: unknown): string =>
  value === undefined ? 'absent' : typeof value === 'string' ? value : JSON.stringify(value)

describe('the overview of strategies', () => {
  it('lists every strategy once, and none that does not exist', () => {
    const listed = [...text.matchAll(/^\| \[`([^`]+)`\]\(#\1\) \|/gm)].map(([, name = '']) => name)
    expect(sorted(listed)).toEqual(sorted(strategies.map(({ name }) => name)))
  })

  it('has a section for every strategy, and none for one that does not exist', () => {
    const headings = [...text.matchAll(/^### `([^`]+)`$/gm)].map(([, name = '']) => name)
    expect(sorted(headings)).toEqual(sorted(strategies.map(({ name }) => name)))
  })
})

describe.each(strategies.map((plugin) => [plugin.name, plugin] as const))('the section of %s', (name, plugin) => {
  const rows = rowsOf(sectionOf(name))

  it('lists exactly its options', () => {
    expect(sorted(rows.map(({ option }) => option))).toEqual(sorted(optionsOf(plugin)))
  })

  it('lists exactly the names that their values may have', () => {
    for (const { option, names } of rows)
      expect([option, ...sorted(names)]).toEqual([option, ...sorted(namesOf(plugin, option))])
  })

  it('marks what each of them is by default', () => {
    const { required, values } = resolved(plugin)
    for (const { option, marked } of rows) {
      const expected = required.includes(option) ? 'required' : said(values.get(option))
      const normal = /^([\d.e+-]+|{.*)$/.test(marked) ? JSON.stringify(JSON.parse(marked)) : marked
      expect([option, normal]).toEqual([option, expected])
    }
  })
})

describe('published option sets', () => {
  const entry = strategyEntry(strategies)
  const decoded = (value: unknown): unknown => {
    const found = decodeWith(entry, value)
    return E.isRight(found) ? found.right : found.left
  }
  const files = readdirSync('benchmarks').filter((name) => /-20\d\d.*\.json$/.test(name))
  const used = files.flatMap((name) => {
    const { methods }: { readonly methods: readonly { readonly strategies: readonly unknown[] }[] } = JSON.parse(
      readFileSync(`benchmarks/${name}`, 'utf8'),
    )
    return methods.flatMap((method) => method.strategies.map(decoded))
  })

  for (const block of blocksOf(document).filter(({ about }) => about === 'strategy')) {
    it(`${document}:${block.line} is one that a benchmark file has`, () => {
      expect(used).toContainEqual(decoded(JSON.parse(block.text)))
    })
  }
})

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { placeOf, resultsTable } from '../../scripts/results-table.js'
import { decodeWith } from '../../src/codec/decode.js'
import { result } from '../../src/record/result.js'
import { strategies } from '../../src/strategy/registry.js'
import { scenario } from '../../src/stream/scenario.js'
import { benchmark } from '../../src/train/benchmark.js'
import { strategyEntry } from '../../src/train/strategyEntry.js'
import { type Block, blocks, blocksOf, documents, place } from './blocks.js'
import { checkTypes, execute } from './typescript.js'

const manifest: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync('package.json', 'utf8'),
)

const of = (...languages: readonly string[]): readonly Block[] =>
  blocks.filter(({ language, about }) => languages.includes(language) && !existsSync(about))

/** The commands of a shell block, without comments, split at `&&`. */
const commandsOf = (block: Block): readonly string[] =>
  block.text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '')
    .flatMap((line) => line.split('&&').map((command) => command.trim()))

const engram = (...words: readonly string[]): string =>
  execFileSync(process.execPath, ['dist/cli/main.js', ...words], { encoding: 'utf8' })

describe('the quick start', () => {
  it('is two lines, one that runs the main job and one that passes the tests', () => {
    const section = readFileSync('README.md', 'utf8')
      .split(/^## /m)
      .find((text) => text.startsWith('Quick start'))
    const first = blocksOf('README.md').find(({ language }) => language === 'sh')
    expect(section).toContain(first?.text)
    expect(first?.text).toBe('npm ci && npm start\nnpm ci && npm test\n')
  })
})

describe('shell examples', () => {
  for (const block of of('sh')) {
    for (const command of commandsOf(block)) {
      it(`${place(block)}: \`${command}\` exists`, () => {
        const words = command.split(/\s+/).filter((word) => !/^[A-Z_]+=/.test(word))
        const [program, verb, ...rest] = words
        if (program === 'npm') {
          const script = verb === 'run' ? rest[0] : verb
          expect(['ci', 'install', ...Object.keys(manifest.scripts)]).toContain(script)
          return
        }
        const spelled = command.replace(/^(npx engram|node dist\/cli\/main\.js|engram)\s+/, '')
        if (spelled === command) {
          expect(['bash', 'git', 'node', 'npx']).toContain(program)
          for (const word of words.slice(1)) if (/^[\w.-]+\/[\w./-]+$/.test(word)) expect(existsSync(word)).toBe(true)
          return
        }
        const [name = '', ...given] = spelled.split(/\s+/)
        const help = name.startsWith('-') ? engram('--help') : engram(name, '--help')
        for (const word of [name, ...given]) if (word.startsWith('--')) expect(help.split(/[\s,]+/)).toContain(word)
        const [target] = given
        if (name === 'list') expect(engram('list', ...given)).not.toBe('')
        if (name === 'run' && target !== undefined)
          expect(existsSync(target) || existsSync(`benchmarks/${target}.json`)).toBe(true)
      })
    }
  }
})

describe('code examples', () => {
  for (const block of blocks.filter(({ about }) => existsSync(about))) {
    it(`${place(block)} is the file ${block.about}`, () => {
      expect(block.text).toBe(readFileSync(block.about, 'utf8'))
    })
  }
  for (const block of of('ts')) {
    it(`${place(block)} has no type errors against the built package`, () => {
      expect(checkTypes(block.text)).toEqual([])
    })
  }
  for (const block of of('ts', 'js')) {
    if (block.about === 'types') continue
    it(`${place(block)} runs against the built package`, () => {
      expect(() => execute(block.text)).not.toThrow()
    })
  }
})

describe('the table of results', () => {
  it('in README.md is the one that results/ gives', () => {
    expect(placeOf(readFileSync('README.md', 'utf8'))).toBe(resultsTable())
  })
})

describe('JSON examples', () => {
  for (const block of of('json')) {
    it(`${place(block)} is JSON${block.about === '' ? '' : ` and decodes as a ${block.about}`}`, () => {
      const value: unknown = JSON.parse(block.text)
      if (block.about === '') return
      expect(Object.keys(codecs)).toContain(block.about)
      const decoded = codecs[block.about]?.(value)
      expect(decoded).toMatchObject({ _tag: 'Right' })
    })
  }
})

describe('documents', () => {
  for (const document of documents) {
    it(`${document} links only to files and headings that exist`, () => {
      const text = readFileSync(document, 'utf8').replace(/^```[\s\S]*?^```$/gm, '')
      const broken = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, link = '']) => link)
        .filter((link) => !/^[a-z]+:/.test(link))
        .filter((link) => {
          const [path = '', heading] = link.split('#')
          const target = path === '' ? document : normalize(join(dirname(document), path))
          if (!existsSync(target)) return true
          return heading !== undefined && !slugs(readFileSync(target, 'utf8')).includes(heading)
        })
      expect(broken).toEqual([])
    })
    it(`${document} names only files of the repository that exist`, () => {
      const text = readFileSync(document, 'utf8').replace(/^```[\s\S]*?^```$/gm, '')
      const named = [...text.matchAll(/`((?:src|docs|tests|scripts|benchmarks|scenarios|examples|\.ci)\/[\w./-]*)`/g)]
      expect(named.map(([, path = '']) => path).filter((path) => !existsSync(path))).toEqual([])
    })
  }
})

/** What a JSON block may say that it is, after the language on its fence. */
const codecs: Readonly<Record<string, (value: unknown) => unknown>> = {
  benchmark: (value) => decodeWith(benchmark(strategies), value),
  result: (value) => decodeWith(result, value),
  scenario: (value) => decodeWith(scenario, value),
  strategy: (value) => decodeWith(strategyEntry(strategies), value),
}

/** The anchors that a renderer makes from headings. */
const slugs = (text: string): readonly string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .trim()
      .replace(/\s/g, '-'),
  )

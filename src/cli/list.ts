import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { primitives } from '../graph/primitives/table.js'
import { metrics } from '../metrics/registry.js'
import { readJson } from '../shell/json.js'
import { benchmarkFolders, namesIn, scenarioFolders } from '../shell/places.js'
import { strategies } from '../strategy/registry.js'
import type { Terminal } from './terminal.js'

/** What `engram list` can list. */
export const listables = ['strategies', 'scenarios', 'benchmarks', 'metrics', 'primitives'] as const

/** One of them. */
export type Listable = (typeof listables)[number]

/** An item: its name, and lines about it. */
interface Item {
  readonly name: string
  readonly about: readonly string[]
}

/** Prints a list; returns the exit code. */
export const list = (what: Listable, { cwd, out, paint }: Terminal): number => {
  for (const { name, about } of items(what, cwd)) {
    out(`${paint.strong(name)}\n`)
    for (const line of about) out(`  ${line}\n`)
  }
  return 0
}

const items = (what: Listable, cwd: string): readonly Item[] => {
  switch (what) {
    case 'strategies':
      return strategies.map(({ name, sources }) => ({
        name,
        about: sources.map(({ paper, equation, variant }) =>
          [paper, equation, variant].filter((s) => s !== '').join(' · '),
        ),
      }))
    case 'scenarios':
      return files(scenarioFolders(cwd))
    case 'benchmarks':
      return files(benchmarkFolders(cwd))
    case 'metrics':
      return metrics.map(({ id, title, formula, domain, source }) => ({
        name: id,
        about: [`${title}: ${formula}`, `defined for ${domain}`, source],
      }))
    case 'primitives':
      return primitives.map(({ name, codegen, vjp }) => ({
        name,
        about: [`${codegen}${vjp === undefined ? ', no derivative' : ''}`],
      }))
  }
}

const files = (folders: readonly string[]): readonly Item[] =>
  namesIn(folders).map((name) => ({
    name,
    about: folders.flatMap((folder) => titleOf(join(folder, `${name}.json`))).slice(0, 1),
  }))

const titleOf = (path: string): readonly string[] => {
  const raw = readJson(path)
  const title: unknown =
    E.isRight(raw) && typeof raw.right === 'object' && raw.right !== null ? Reflect.get(raw.right, 'title') : ''
  return typeof title === 'string' && title !== '' ? [title] : []
}

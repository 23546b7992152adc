import { resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { performance } from 'node:perf_hooks'
import * as E from 'fp-ts/lib/Either.js'
import { nearest } from '../codec/nearest.js'
import type { AppError } from '../shell/error.js'
import { loadModule } from '../shell/module.js'
import { exportedItems, mayExport } from '../testing/gradcheck/exported.js'
import type { Column, Item } from '../testing/gradcheck/item.js'
import { allItems } from '../testing/gradcheck/items.js'
import { badInput, fail } from './failure.js'
import { type Checked, headingOf, tableOf, verdict } from './gradcheckText.js'
import type { Terminal } from './terminal.js'
import { counted, duration, fit, placeFrom, some } from './text.js'

/** The options of `engram gradcheck`. */
export interface GradcheckOptions {
  readonly only?: readonly string[]
  readonly seed: number
  readonly json?: true
}

/** How many counterexamples are printed in full. */
const fullTexts = 8

/** Checks the items, or those that a file exports, and prints the table; returns the exit code: 1 where a gradient is wrong. */
export const gradcheck = async (
  file: string | undefined,
  { only, seed, json }: GradcheckOptions,
  terminal: Terminal,
): Promise<number> => {
  const found = file === undefined ? E.right(allItems()) : await ofFile(resolve(terminal.cwd, file), terminal)
  if (found === null) return badInput
  if (E.isLeft(found)) return fail([found.left], terminal)
  const items = chosen(found.right, only ?? [])
  if (E.isLeft(items)) return fail(items.left, terminal)
  const quiet = json === true
  const all = await checkAll(items.right, seed, quiet, terminal)
  if (quiet) terminal.out(`${JSON.stringify(asData(all, seed), null, 2)}\n`)
  return all.some(({ failures }) => failures.length > 0) ? 1 : 0
}

/** Null: it was said on standard error what is wrong. */
const ofFile = async (
  path: string,
  { cwd, err, errPaint }: Terminal,
): Promise<E.Either<AppError, readonly Item[]> | null> => {
  const loaded = await loadModule(path)()
  if (E.isLeft(loaded)) return loaded
  const made = exportedItems(loaded.right)
  if (E.isRight(made)) return made
  err(`${errPaint.bad('error:')} ${placeFrom(cwd, path)}:\n`)
  for (const problem of made.left) err(`  ${problem}\n`)
  err('what would be right:\n')
  for (const line of mayExport) err(`  ${line}\n`)
  return null
}

/** The items of these names or kinds; of all where there are none. Left: names that are unknown, with the nearest. */
const chosen = (items: readonly Item[], only: readonly string[]): E.Either<readonly AppError[], readonly Item[]> => {
  const names = [...new Set([...items.map(({ kind }): string => kind), ...items.map(({ name }) => name)])]
  const unknown = only.filter((word) => !names.includes(word))
  const errors = unknown.map((word): AppError => {
    const near = nearest(word, names)
    const hint = near === undefined ? '' : `; did you mean '${near}'?`
    return { _tag: 'Refused', where: '--only', reason: `no item or kind '${word}'${hint} (${some(names)})` }
  })
  if (errors.length > 0) return E.left(errors)
  return E.right(items.filter(({ name, kind }) => only.length === 0 || only.includes(name) || only.includes(kind)))
}

const checkOne = async (item: Item, seed: number, before: (instance: string) => void): Promise<Checked> => {
  const worst = new Map<string, number>()
  const failures: (readonly [string, string])[] = []
  for (const { name, check } of item.instances) {
    before(name)
    // signals and a reader that went away are seen between two cases
    await setImmediate()
    const outcome = check(seed)
    for (const [column, x] of Object.entries(outcome.worst)) worst.set(column, Math.max(worst.get(column) ?? 0, x))
    failures.push(...outcome.failures.map((text) => [name, text] as const))
  }
  const shown: Readonly<Partial<Record<Column, number>>> = Object.fromEntries(worst)
  return { item, worst: shown, failures }
}

const checkAll = async (
  items: readonly Item[],
  seed: number,
  quiet: boolean,
  { out, paint, screen }: Terminal,
): Promise<readonly Checked[]> => {
  const began = performance.now()
  const seconds = (): number => (performance.now() - began) / 1000
  const all: Checked[] = []
  const live = quiet ? null : screen
  const erase = (): void => live?.write('\r\u001b[2K')
  for (const [i, item] of items.entries()) {
    const table = tableOf(items, screen?.columns() ?? Number.POSITIVE_INFINITY, paint)
    const checked = await checkOne(item, seed, (instance) => {
      if (live === null) return
      const progress = `${i} of ${counted(items.length, 'item')} · ${duration(seconds())} · ${item.kind} ${item.name}, ${instance}`
      erase()
      // one column is left free: a full line would wrap in some terminals
      live.write(paint.faint(fit(progress, live.columns() - 1)))
    })
    erase()
    if (!quiet && item.kind !== items[i - 1]?.kind) out(`${i === 0 ? '' : '\n'}${table.heading(item.kind)}\n`)
    if (!quiet) out(`${table.row(checked)}\n`)
    all.push(checked)
  }
  if (quiet) return all
  const wrong = all.filter(({ failures }) => failures.length > 0)
  for (const { item, failures } of wrong.slice(0, fullTexts)) {
    const [[instance, text] = ['', '']] = failures
    const more = failures.length === 1 ? '' : `, the first of ${failures.length} cases that are wrong`
    const what = item.kind === 'yours' ? 'export' : item.kind
    const which = instance === item.name ? '' : `, ${instance}`
    out(`\n${paint.bad('✗')} ${what} ${paint.strong(item.name)}${which}${more}\n`)
    for (const line of text.split('\n')) out(line === '' ? '\n' : `  ${line}\n`)
  }
  const left = wrong.slice(fullTexts).map(({ item }) => item.name)
  if (left.length > 0) out(`\nalso wrong, with --only to see how: ${left.join(', ')}\n`)
  out('\n')
  const width = screen?.columns() ?? Number.POSITIVE_INFINITY
  const { legend } = tableOf(items, width, paint)
  for (const line of wrapped(legend, Math.min(width, 130))) out(`${paint.faint(line)}\n`)
  const said = wrong.length === 0 ? paint.good : paint.bad
  for (const line of wrapped(verdict(all, seconds()), width)) out(`${said(line)}\n`)
  return all
}

/** Words in lines of at most `width` columns. */
const wrapped = (text: string, width: number): readonly string[] =>
  text
    .split(' ')
    .filter((word) => word !== '')
    .reduce<readonly string[]>((done, word) => {
      const last = done.at(-1)
      return last !== undefined && last.length + 1 + word.length <= width
        ? [...done.slice(0, -1), `${last} ${word}`]
        : [...done, word]
    }, [])

const asData = (all: readonly Checked[], seed: number) => ({
  seed,
  items: all.map(({ item, worst, failures }) => ({
    name: item.name,
    kind: item.kind,
    about: headingOf(item.kind),
    cases: item.instances.length,
    ...(item.note === undefined ? {} : { note: item.note }),
    worst,
    failures: failures.map(([instance, text]) => ({ case: instance, text })),
  })),
})

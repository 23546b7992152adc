import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { Result } from '../record/result.js'
import { costTable } from '../report/costTable.js'
import { page } from '../report/page.js'
import { table } from '../report/table.js'
import { writeAtomic } from '../shell/atomic.js'
import type { ReadBenchmark } from '../shell/prepare.js'
import { strategies } from '../strategy/registry.js'
import { expectationLines } from './expectations.js'
import { fail } from './failure.js'
import { mixtureText } from './mixtureText.js'
import type { Terminal } from './terminal.js'
import { placeFrom } from './text.js'

/** What the results of a benchmark are shown with: its title, order of labels, expectations and sources. */
export type Shown = Pick<ReadBenchmark, 'benchmark' | 'plugins'>

/**
 * Prints the table of results, on request that of their costs too, and writes their page beside them; returns the exit code. `shown`
 * is null where the benchmark file is not known.
 */
export const show = async (
  shown: Shown | null,
  results: readonly Result[],
  folder: string,
  terminal: Terminal,
  costs: boolean,
): Promise<number> => {
  const none = { title: results[0]?.benchmark ?? '', methods: [], expected: [], seeds: [] }
  const { title, methods, expected = [], seeds } = shown?.benchmark ?? none
  const order = methods.map(({ label }) => label)
  const warning = mixtureText(results)
  if (warning !== null) terminal.err(`${terminal.errPaint.bad('warning:')} ${warning}\n`)
  terminal.out(`\n${table(results, order)}\n`)
  if (costs && results.length > 0) terminal.out(`${costTable(results, order)}\n`)
  const width = terminal.screen?.columns() ?? Number.POSITIVE_INFINITY
  const beside = expectationLines(results, { expected, seeds }, { width, paint: terminal.paint })
  for (const line of beside) terminal.out(`${line}\n`)
  const path = join(folder, 'report.html')
  const citations = shown?.plugins ?? strategies
  const description = warning === null ? '' : `Warning: ${warning}.`
  const html = await page({ title, description, results, order, citations, expected })
  const written = writeAtomic(path, html)
  if (E.isLeft(written)) return fail([written.left], terminal)
  terminal.out(`page: ${placeFrom(terminal.cwd, path)}\n`)
  return 0
}

import { resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { readBenchmark } from '../shell/prepare.js'
import { readResults } from '../shell/resultFiles.js'
import { fail } from './failure.js'
import { show } from './show.js'
import type { Terminal } from './terminal.js'

/** Shows all results of a folder; returns the exit code. Title and order are those of the benchmark, where its file is found. */
export const report = async (folder: string, terminal: Terminal): Promise<number> => {
  const place = resolve(terminal.cwd, folder)
  const results = readResults(place)
  if (E.isLeft(results)) return fail(results.left, terminal)
  const names = [...new Set(results.right.map(({ benchmark }) => benchmark))]
  const [name = ''] = names
  const read = await readBenchmark(name, terminal.cwd, E.right)()
  return show(E.isRight(read) && names.length === 1 ? read.right : null, results.right, place, terminal, true)
}

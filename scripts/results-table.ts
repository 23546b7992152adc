/**
 * The table of results in README.md, made from `results/`. Prints it; with `--write` puts it between the marks of README.md.
 * A test of the documents compares the two, so that no figure there can be typed by hand.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { decodeWith } from '../src/codec/decode.js'
import { averageAccuracy } from '../src/metrics/averageAccuracy.js'
import { keptBytes, learningMacs } from '../src/metrics/costs.js'
import type { Metric } from '../src/metrics/metric.js'
import { type Result, result } from '../src/record/result.js'
import { column, NONE } from '../src/report/format.js'
import { byMethod, cell, type MethodRuns } from '../src/report/summary.js'

const kinds = ['task', 'domain', 'class'] as const
const labels = ['naive', 'joint', 'ewc', 'replay', 'replay-equal', 'cls-no-sleep', 'cls']

const resultsOf = (benchmark: string): readonly Result[] => {
  const folder = `results/${benchmark}`
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : []
  return names
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const decoded = decodeWith(result, JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')))
      if (E.isLeft(decoded)) throw new Error(`${folder}/${name} is not a result file`)
      return decoded.right
    })
}

const texts = (metric: Metric, methods: readonly MethodRuns[]): ReadonlyMap<string, string> => {
  const cells = column(
    metric,
    methods.map((m) => cell(metric, m)),
  )
  const text = (i: number): string => {
    const shown = cells[i]
    if (shown === null || shown === undefined) return NONE
    return shown.half === null ? shown.mean : `${shown.mean} ± ${shown.half}`
  }
  return new Map(methods.map((m, i) => [m.label, text(i)]))
}

/** The table as Markdown. */
export const resultsTable = (): string => {
  const groups = kinds.map((kind) => byMethod(resultsOf(`split-mnist-2022-${kind}`), labels))
  const accuracy = groups.map((methods) => texts(averageAccuracy, methods))
  const [compute, memory] = [learningMacs, keptBytes].map((metric) => texts(metric, groups[2] ?? []))
  const rows = labels.map((label) => {
    const figures = [...accuracy, compute, memory].map((column) => column?.get(label) ?? NONE)
    return `| \`${label}\` | ${figures.join(' | ')} |`
  })
  return [
    '| method | task-incremental, % | domain-incremental, % | class-incremental, % | compute, GMAC | memory, kB |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

const marks = /<!-- table:begin -->\n([\s\S]*?)\n?<!-- table:end -->/

/** The part of README.md that holds the table. */
export const placeOf = (readme: string): string => marks.exec(readme)?.[1] ?? ''

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const table = resultsTable()
  if (process.argv.includes('--write')) {
    const readme = readFileSync('README.md', 'utf8')
    writeFileSync('README.md', readme.replace(marks, `<!-- table:begin -->\n${table}\n<!-- table:end -->`))
  }
  console.log(table)
}

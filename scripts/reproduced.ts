/**
 * results/REPRODUCED.md: published figures beside ours, made from the `expected` of benchmarks/ and from results/. Prints it; with
 * `--write` writes it. A test compares the two, so that no figure there can be typed by hand.
 */
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { explain } from '../src/cli/explain.js'
import { publishedSummary } from '../src/cli/publishedText.js'
import { listed } from '../src/report/format.js'
import { type Judged, judge } from '../src/report/published.js'
import { marginCell, oursCell, publishedCell, remarkOf, verdictCell } from '../src/report/publishedCells.js'
import type { AppError } from '../src/shell/error.js'
import { packageFolder } from '../src/shell/places.js'
import { namesWithFigures, type Published, publishedRuns, readPublished } from '../src/shell/published.js'

/** The file that holds it. */
export const place = 'results/REPRODUCED.md'

const fail = (errors: readonly AppError[]): never => {
  throw new Error(errors.map(explain).join('\n'))
}

const head = ['method', 'published, %', 'margin', 'ours, %', 'seeds', 'verdict']

const rowText = (judged: Judged, seeds: number): string => {
  const { row, runs } = judged
  const remark = remarkOf(judged)
  const cells = [
    row.measure === 'accuracy' ? `\`${row.label}\`` : `\`${row.label}\`, ${row.measure}`,
    publishedCell(row),
    marginCell(row),
    oursCell(judged),
    `${runs} of ${seeds}`,
    remark === '' ? verdictCell(judged) : `${verdictCell(judged)}: ${remark}`,
  ]
  return `| ${cells.join(' | ')} |`
}

/** Each source with the methods that it is given for; the one of most of them first, without. */
const sourceLines = (rows: readonly Judged[]): readonly string[] => {
  const all = [...new Set(rows.map(({ row }) => row.source))].map((source) => ({
    source,
    labels: [...new Set(rows.filter(({ row }) => row.source === source).map(({ row }) => `\`${row.label}\``))],
  }))
  return all
    .toSorted((a, b) => b.labels.length - a.labels.length)
    .map(({ source, labels }, i) => (i === 0 ? `Source: ${source}.` : `Source of ${listed(labels)}: ${source}.`))
}

const section = ({ selected: { name, title, seeds } }: Published, rows: readonly Judged[]): string =>
  [
    `## ${name}`,
    `${title}.`,
    [
      `| ${head.join(' | ')} |`,
      `|${'---|'.repeat(head.length)}`,
      ...rows.map((row) => rowText(row, seeds.length)),
    ].join('\n'),
    sourceLines(rows).join('\n'),
  ].join('\n\n')

/** The whole document. Throws where a benchmark or a committed result is not what it should be. */
export const reproduced = async (): Promise<string> => {
  const read = await Promise.all(namesWithFigures(packageFolder).map((name) => readPublished(name, packageFolder)()))
  const groups = read.map((one) => {
    const published = E.isLeft(one) ? fail([one.left]) : one.right
    const runs = publishedRuns(published, `${packageFolder}/results`)
    return { published, rows: judge(published.expected, E.isLeft(runs) ? fail(runs.left) : runs.right.done) }
  })
  return [
    '# Published numbers, and ours',
    'Made by `npm run results:reproduced` from the results in this folder; `npx engram verify-published` runs what is missing.',
    [
      'Accuracies are means over contexts after the last one; `within-context`: only the outputs of the context compete.',
      'Ours is a mean over seeds with half of its 95 % interval.',
      'The letters say how well a published figure is known: V, read in a primary text; S, quoted by a secondary text;',
      'F, read off a figure; NV, not verified. Only V gets a verdict.',
      'Equivalent: our 90 % interval lies inside the published mean ± margin. Different: our 95 % interval lies wholly outside.',
      'Undecided: neither, with the number of seeds at which it would be decided if mean and spread stay as they are.',
    ].join('\n'),
    `${publishedSummary(groups.flatMap(({ rows }) => rows))}.`,
    ...groups.map(({ published, rows }) => section(published, rows)),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const document = await reproduced()
  if (process.argv.includes('--write')) writeFileSync(place, document)
  console.log(document)
}

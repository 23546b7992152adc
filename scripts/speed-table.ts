/**
 * The tables of docs/speed.md, made from `benchmarks/speed/results/`. Prints them; with `--write` puts them between the marks of
 * the document. A test compares the two, so that no figure there can be typed by hand.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import type { Compared } from '../benchmarks/speed/lib/compare.js'
import { folder, gigaflops, time } from '../benchmarks/speed/lib/report.js'
import type { Times } from '../benchmarks/speed/lib/rounds.js'

/** What every file of figures says about where they were taken. */
interface Taken {
  readonly script: string
  readonly mode: string
  readonly processor: string
  readonly node: string
  readonly rounds: number
}

type Figures<T> = Taken & T

const files = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
  : []
const of = <T>(script: string): readonly Figures<T>[] =>
  files
    .map((name): Figures<T> => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')))
    .filter((figures) => figures.script === script)

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`
const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`
const where = ({ node, mode }: Taken): string => `${node.replace(/^v(\d+).*/, 'Node $1')}, ${mode}`
const pair = ({ median, p10 }: Times): string => `${time(median)} (${time(p10)})`
const times = (ratio: number): string => `${ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(2)}`

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const section = (title: string, text: string, head: readonly string[], rows: readonly (readonly string[])[]): string =>
  rows.length === 0 ? '' : `### ${title}\n\n${text}\n\n${table(head, rows)}`

interface Steps {
  readonly roof: { readonly flop: number; readonly times: Times }
  readonly update: Times
  readonly steps: readonly {
    readonly name: string
    readonly title: string
    readonly flop: number
    readonly times: Times
    readonly share: { readonly median: number; readonly p10: number }
  }[]
}

const targets: Readonly<Record<string, string>> = { A: '88 %', B: '60 %', C: '45 %', D: '70 %' }

const steps = (): string => {
  const runs = of<Steps>('steps')
  const rates = runs.map(
    (run) =>
      `${where(run)}: ${gigaflops(run.roof.flop, run.roof.times.median).toFixed(1)} GFLOP/s, a bare pass of Adam ${time(run.update.median)}`,
  )
  return section(
    'Steps against the roof',
    `Roofs, medians. ${rates.join('; ')}.`,
    ['step', 'engine', 'MFLOP', 'time, median (p10)', 'GFLOP/s', 'of the bound, median (p10)', 'target'],
    (runs[0]?.steps ?? []).flatMap(({ name, title }) =>
      runs.map((run) => {
        const step = run.steps.find((candidate) => candidate.name === name)
        if (step === undefined) return [`${name}: ${title}`, where(run), '', '', '', '', '']
        return [
          `${name}: ${title}`,
          where(run),
          (step.flop / 1e6).toPrecision(3),
          pair(step.times),
          gigaflops(step.flop, step.times.median).toFixed(1),
          `${percent(step.share.median)} (${percent(step.share.p10)})`,
          run.mode === 'plain' ? (targets[name] ?? '') : '',
        ]
      }),
    ),
  )
}

const compared = (script: string, title: string, text: string): readonly string[] =>
  of<{ readonly figures: readonly Compared[] }>(script).map((run) => {
    const names = [...new Set(run.figures.flatMap(({ rows, absent }) => [...rows, ...absent].map(({ name }) => name)))]
    const versions = new Map(run.figures.flatMap(({ rows }) => rows.map(({ name, version }) => [name, version])))
    const notes = new Set(
      run.figures.flatMap(({ rows, absent, name: task }) => [
        ...rows.filter(({ differs }) => differs !== '').map(({ name, differs }) => `${name} at ${task}: ${differs}`),
        ...absent.map(({ name, cannot }) => `${name} at ${task}: ${cannot}`),
      ]),
    )
    const cell = ({ rows }: Compared, name: string): string => {
      const row = rows.find((candidate) => candidate.name === name)
      if (row === undefined) return '–'
      return `${time(row.times.median)} (${time(row.times.p10)}), ${times(row.ratio)} ×${row.differs === '' ? '' : ' *'}`
    }
    const remarks = notes.size === 0 ? '' : `\n\n\\* ${[...notes].join('; ')}.`
    return `${section(
      `${title}, ${run.node.replace(/^v(\d+).*/, 'Node $1')}`,
      `${text} ${run.rounds} rounds; time of one step, median (p10), and how many times that of the first row.`,
      ['', ...run.figures.map(({ name }) => name)],
      names.map((name) => [
        versions.get(name)?.startsWith('Node') === false ? `${name} (${versions.get(name)})` : name,
        ...run.figures.map((figures) => cell(figures, name)),
      ]),
    )}${remarks}`
  })

const fisher = (): string =>
  section(
    'Exact Fisher diagonal',
    '1,000 examples of 784-400-400-10; the batch-size-1 loop takes one gradient per example and label.',
    [
      'labels',
      'engine',
      'one gradient',
      'diagonal',
      'in gradients',
      'target',
      'batch-size-1 loop',
      'largest relative difference',
    ],
    of<{
      readonly figures: readonly {
        readonly labels: number
        readonly gradient: Times
        readonly diagonal: Times
        readonly gradients: number
        readonly loop: number
        readonly disagreement: number
      }[]
    }>('fisher').flatMap((run) =>
      run.figures.map((f) => [
        String(f.labels),
        where(run),
        pair(f.gradient),
        pair(f.diagonal),
        f.gradients.toFixed(2),
        f.labels === 2 ? '3' : '6',
        `${seconds(f.loop)}, ${times(f.loop / f.diagonal.median)} ×`,
        f.disagreement.toExponential(1),
      ]),
    ),
  )

const denormal = (): string =>
  section(
    'After gradients have vanished',
    'Time of one step after 2,000 steps with the loss scaled to (nearly) nothing, against a step that learns.',
    ['step', 'engine', 'normal', 'loss × 0', 'loss × 1e-38', 'loss × 1e-22'],
    of<{
      readonly figures: readonly {
        readonly title: string
        readonly normal: Times
        readonly vanished: readonly { readonly times: Times; readonly ratio: number }[]
      }[]
    }>('denormal').flatMap((run) =>
      run.figures.map(({ title, normal, vanished }) => [
        title,
        where(run),
        pair(normal),
        ...vanished.map((v) => `${time(v.times.median)}, ${v.ratio.toFixed(2)} ×`),
      ]),
    ),
  )

const compiling = (): string =>
  section(
    'Building and compiling',
    'A step of 784-400-400-10 with penalty and Adam, in a fresh process (cold) and again in the same one (warm); then time per node of graphs of about 5,000 nodes against 500.',
    ['engine', 'cold', 'target', 'warm', 'target', 'per node, 5,000 against 500', 'target'],
    of<{
      readonly cold: Times
      readonly warm: Times
      readonly scaling: readonly { readonly name: string; readonly ratio: number }[]
    }>('compile').map((run) => [
      where(run),
      pair(run.cold),
      '30 ms',
      pair(run.warm),
      '8 ms',
      run.scaling.map(({ name, ratio }) => `${name} ${ratio.toFixed(2)} ×`).join(', '),
      '1.5 ×',
    ]),
  )

const runs = (): string => {
  const whole = of<{ readonly data: string; readonly steps: number; readonly whole: number; readonly ratio: number }>(
    'whole',
  ).map((run) => [
    `${run.steps.toLocaleString('en')} steps of Split MNIST (${run.data}) and 6 evaluations, against the bare steps`,
    where(run),
    `${seconds(run.whole)}, ${run.ratio.toFixed(3)} ×`,
    '1.05 ×',
  ])
  const roof = of<{ readonly ratio: number }>('roof').map((run) => [
    'two threads in the roof loop, against one (a pair of full cores: 1)',
    where(run),
    `${run.ratio.toFixed(2)} ×`,
    '',
  ])
  const seeds = of<{ readonly figures: readonly { readonly name: string; readonly ratio: number }[] }>('seeds').flatMap(
    (run) =>
      run.figures.map(({ name, ratio }) => [
        name === 'seed'
          ? 'two seeds on two processors, against one'
          : 'the roof loop on the same threads, in the same run',
        where(run),
        `${ratio.toFixed(2)} ×`,
        name === 'seed' ? '1.1 ×' : '',
      ]),
  )
  return section(
    'Whole runs and threads',
    'Ratios of medians.',
    ['what', 'engine', 'measured', 'target'],
    [...whole, ...seeds, ...roof],
  )
}

const memory = (): string =>
  section(
    'Memory',
    'After 100 and after 10,000 steps, MB. The process holds what V8 has not given back yet.',
    ['step', 'engine', 'linear memory', 'heap after collection', 'process'],
    of<{
      readonly figures: readonly {
        readonly title: string
        readonly early: Readonly<Record<string, number>>
        readonly late: Readonly<Record<string, number>>
      }[]
    }>('memory').flatMap((run) =>
      run.figures.map(({ title, early, late }) => [
        title,
        where(run),
        ...['linear', 'heap', 'process'].map((part) =>
          [early, late].map((at) => ((at[part] ?? 0) / 1e6).toFixed(1)).join(' → '),
        ),
      ]),
    ),
  )

/** The tables as Markdown. */
export const speedTables = (): string => {
  const machines = [...new Set(of('steps').map(({ processor }) => processor))]
  return [
    `Machine: ${machines.join('; ')}.`,
    steps(),
    ...compared(
      'modes',
      'Modes',
      'Plain code, wide code (same bits), fused multiply-add (other bits). Target for wide at A: 0.70 ×.',
    ),
    ...compared('peers', 'Other libraries', 'One thread each.'),
    fisher(),
    compiling(),
    denormal(),
    runs(),
    memory(),
  ]
    .filter((text) => text !== '')
    .join('\n\n')
}

const marks = /<!-- speed:begin -->\n([\s\S]*?)\n?<!-- speed:end -->/

/** The part of docs/speed.md that holds the tables. */
export const tablesIn = (document: string): string => marks.exec(document)?.[1] ?? ''

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const tables = speedTables()
  if (process.argv.includes('--write')) {
    const document = readFileSync('docs/speed.md', 'utf8')
    writeFileSync(
      'docs/speed.md',
      document.replace(marks, () => `<!-- speed:begin -->\n${tables}\n<!-- speed:end -->`),
    )
  }
  console.log(tables)
}

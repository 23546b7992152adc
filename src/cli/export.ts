import { basename, dirname, extname, resolve } from 'node:path'
import { lstatSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { writeNpy } from '../interchange/npy.js'
import { saveSafetensors } from '../interchange/weights.js'
import { digestOf } from '../record/digest.js'
import { writable, writeAtomic } from '../shell/atomic.js'
import { chooseEngine } from '../shell/engine.js'
import type { AppError } from '../shell/error.js'
import { nameOf } from '../shell/event.js'
import { packageVersion } from '../shell/machine.js'
import { type PlannedRun, plan } from '../shell/plan.js'
import { streamErrors } from '../shell/preflight.js'
import { type Prepared, prepare, readBenchmark } from '../shell/prepare.js'
import { type Finished, readyRun } from '../shell/trainOne.js'
import type { Trained } from '../train/trained.js'
import { fail } from './failure.js'
import { sayRefused } from './sayRefused.js'
import { select } from './selection.js'
import { changeBy } from './settings.js'
import type { Terminal } from './terminal.js'
import { percent, placeFrom } from './text.js'

/** The options of `engram export`. */
export interface ExportOptions {
  /** May be absent where the benchmark has one method. */
  readonly only?: string
  /** Absent: the first of the file. */
  readonly seed?: number
  readonly to: string
  readonly set?: readonly string[]
  readonly wide: boolean
}

/** What a file holds, by its extension. Left: it cannot be said in this format. */
type Format = (trained: Trained, about: Readonly<Record<string, string>>) => E.Either<AppError, Content>

interface Content {
  readonly bytes: Uint8Array
  /** What the user should know of it. */
  readonly note: string
}

const formats: Readonly<Record<string, Format>> = {
  '.safetensors': ({ layout, values }, about) =>
    E.right({ bytes: saveSafetensors(layout, values, about), note: `${layout.entries.length} tensors` }),
  '.npy': ({ values }) =>
    E.right({
      bytes: writeNpy({ shape: [values.length], values }),
      note: `${values.length} numbers in the order of the layout`,
    }),
  '.onnx': ({ model }, about) =>
    pipe(
      model(about),
      E.map(({ bytes, rows }) => ({
        bytes,
        note: rows === 'any' ? 'takes any number of rows' : 'takes one row at a time',
      })),
      E.mapLeft((problems): AppError => ({ _tag: 'Invalid', where: 'this network is no ONNX model', problems })),
    ),
}

const refused = (where: string, reason: string): AppError => ({ _tag: 'Refused', where, reason })

/** The run that was asked for, or everything that is wrong with the question. */
const runOf = (prepared: Prepared, { only, seed }: ExportOptions): E.Either<readonly AppError[], PlannedRun> => {
  const { benchmark } = prepared
  const selected = select(benchmark, only === undefined ? {} : { only: [only] })
  if (E.isLeft(selected)) return selected
  const { methods, seeds } = selected.right
  const chosen = seed ?? seeds[0] ?? 0
  const labels = methods.map(({ label }) => label).join(', ')
  const errors = [
    ...(methods.length === 1 ? [] : [refused('--only', `expected the label of one method: ${labels}`)]),
    ...(seeds.includes(chosen)
      ? []
      : [refused('--seed', `expected a seed of the file (${seeds.join(', ')}), got ${chosen}`)]),
  ]
  if (errors.length > 0) return E.left(errors)
  const one = { ...selected.right, seeds: [chosen] }
  const wrong = streamErrors(prepared, one)
  const [planned] = plan(one, prepared.scenario, prepared.dataset, '', prepared.digests)
  return wrong.length > 0 || planned === undefined ? E.left(wrong) : E.right(planned)
}

const formatOf = (to: string, path: string): E.Either<AppError, Format> => {
  const extension = extname(path).toLowerCase()
  const format = formats[extension]
  if (format === undefined) {
    const known = Object.keys(formats).join(', ')
    return E.left(refused(`--to ${to}`, `expected a file that ends in one of ${known}, got '${extension}'`))
  }
  return E.right(format)
}

/** Whether the file can be made there. A link is replaced as a file is. */
const placeOf = (to: string, path: string): E.Either<AppError, void> =>
  pipe(
    writable(dirname(path), basename(path)),
    E.filterOrElse(
      () => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true,
      () => refused(`--to ${to}`, 'there is a folder of that name'),
    ),
  )

const aboutOf = (
  { benchmark, dataset }: Prepared,
  { run: { label, seed }, hash }: PlannedRun,
  sha256: string,
): Readonly<Record<string, string>> => ({
  engram: packageVersion(),
  benchmark: benchmark.name,
  label,
  seed: String(seed),
  hash,
  sha256,
  inputs: `rows of ${dataset.width * dataset.height} pixels of '${dataset.name}', each divided by ${dataset.scale}`,
})

/** Trains one run and writes what it has learned; returns the exit code. Every bad input is reported before anything runs. */
export const exportRun = async (name: string, options: ExportOptions, terminal: Terminal): Promise<number> => {
  const { cwd, out } = terminal
  const path = resolve(cwd, options.to)
  const change = changeBy(options.set ?? [])
  const format = formatOf(options.to, path)
  const wrong = [...(E.isLeft(change) ? change.left : []), ...(E.isLeft(format) ? [format.left] : [])]
  if (E.isLeft(change) || E.isLeft(format)) return fail(wrong, terminal)
  const place = placeOf(options.to, path)
  if (E.isLeft(place)) return fail([place.left], terminal, 'choose a file that can be written with --to')
  const prepared = await pipe(
    readBenchmark(name, cwd, change.right),
    TE.chain((read) => prepare(read, cwd)),
  )()
  if (E.isLeft(prepared)) return fail([prepared.left], terminal)
  const planned = runOf(prepared.right, options)
  if (E.isLeft(planned)) return fail(planned.left, terminal)
  const { arithmetic = 'exact' } = prepared.right.benchmark.training
  const engine = await chooseEngine({ wide: options.wide, arithmetic, where: 'training.arithmetic' })
  if (E.isLeft(engine)) return fail([engine.left], terminal)
  sayRefused(engine.right, terminal)

  const ready = readyRun(prepared.right, planned.right)
  const possible = format.right(ready.untrained(), {})
  if (E.isLeft(possible)) return fail([possible.left], terminal)
  const title = `${prepared.right.benchmark.name}, ${nameOf(planned.right.run)}`
  out(`${title}: training\n`)
  const finished = ready.train(({ phase, experience, experiences, accuracy }) => {
    if (phase === 'evaluate') out(`  experience ${experience + 1} of ${experiences}: accuracy ${percent(accuracy)}\n`)
  })
  if (E.isLeft(finished)) return fail([finished.left], terminal)
  return write(
    path,
    format.right,
    { title, about: (sha256) => aboutOf(prepared.right, planned.right, sha256) },
    finished.right,
    terminal,
  )
}

const write = (
  path: string,
  format: Format,
  { title, about }: { readonly title: string; readonly about: (sha256: string) => Readonly<Record<string, string>> },
  { log, trained }: Finished,
  terminal: Terminal,
): number => {
  const { status } = log
  const sha256 = digestOf(trained.values)
  if (status.kind === 'diverged')
    return fail([refused(title, `it diverged in experience ${status.experience + 1}; nothing is written`)], terminal)
  const content = format(trained, about(sha256))
  if (E.isLeft(content)) return fail([content.left], terminal)
  const { bytes, note } = content.right
  const written = writeAtomic(path, bytes)
  if (E.isLeft(written)) return fail([written.left], terminal)
  terminal.out(`${placeFrom(terminal.cwd, path)}: ${bytes.length} bytes, ${note}; parameters ${sha256}\n`)
  if (trained.predictor !== undefined && !path.toLowerCase().endsWith('.onnx'))
    terminal.out(
      `  '${trained.predictor}' predicts in place of the network: only an .onnx file has what it predicts with\n`,
    )
  else if (trained.learner !== undefined && !path.toLowerCase().endsWith('.onnx'))
    terminal.out(`  '${trained.learner}' learns before each measurement: only an .onnx file has what it learns then\n`)
  return 0
}

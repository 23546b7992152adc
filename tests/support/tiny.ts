import type { LabelledRows, Reveals, Stream } from '../../src/stream/stream.js'
import type { Method } from '../../src/strategy/method.js'
import { smallStream } from '../../src/testing/arbitraries/smallStream.js'
import { run } from '../../src/train/run.js'
import type { RunInput } from '../../src/train/runInput.js'

/** A made-up stream of three contexts with two classes each, 40 rows to learn and 20 to test. */
export const tinyStream = (kind: Stream['kind'], reveals: Partial<Reveals> = {}): Stream =>
  smallStream({ kind, contexts: 3, classes: 2, half: 3, size: 40, testSize: 20, reveals, seed: 0 })

/** A method on a tiny stream: 6-8-outputs, batches of 8, 25 steps an experience unless told otherwise. */
export const tinyInput = (
  method: Method,
  kind: Stream['kind'] = 'class',
  changes: Partial<RunInput> = {},
): RunInput => ({
  model: { kind: 'mlp', hidden: [8], initialiser: 'pytorch' },
  optimiser: { name: 'adam', rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, boundary: 'keep' },
  training: { batch: 8, iterations: 25 },
  measure: [],
  arrangement: 'separate',
  seed: 1,
  stream: tinyStream(kind),
  method,
  ...changes,
})

/** Runs `tinyInput`. */
export const tinyRun = (...made: Parameters<typeof tinyInput>) => run(tinyInput(...made), () => undefined)

/** What a run learned, to the last bit of its parameters, without what it cost. */
export const learnedIn = (log: ReturnType<typeof tinyRun>) => ({
  status: log.status,
  parameters: log.parameters,
  accuracy: log.accuracy,
  losses: log.experiences.map((e) => e.loss),
})

const head = (rows: LabelledRows, n: number): LabelledRows => ({
  size: n,
  pixels: rows.pixels.slice(0, 6 * n),
  labels: rows.labels.slice(0, n),
  contexts: rows.contexts.slice(0, n),
})

/** The tiny stream with `n` rows an experience, so that larger batches are padded. */
export const shortStream = (n: number): Stream => {
  const stream = tinyStream('task')
  const experiences = stream.experiences.map(({ load, ...e }) => ({ ...e, size: n, load: () => head(load(), n) }))
  return { ...stream, experiences }
}

import type { Reveals, LabelledRows, Stream } from '../../src/stream/stream.js'
import { uniforms } from '../../src/random/draw.js'
import { key, named } from '../../src/random/key.js'
import type { Method } from '../../src/strategy/method.js'
import { run } from '../../src/train/run.js'
import type { RunInput } from '../../src/train/runInput.js'

const inputs = 6

/** Rows of two classes per context: a class is a bright pixel in noise, so that a small network learns it in a few steps. */
const rowsOf = (context: number, size: number, part: string, shared: boolean): LabelledRows => {
  const u = uniforms(named(key(context), part), size * inputs)
  const pixels = Uint8Array.from(u, (x) => Math.floor(x * 8))
  const labels = new Int32Array(size)
  for (let i = 0; i < size; i++) {
    pixels[i * inputs + ((context + 3 * (i % 2)) % inputs)] = 16
    labels[i] = (shared ? 0 : 2 * context) + (i % 2)
  }
  return { size, pixels, labels, contexts: new Int32Array(size).fill(context) }
}

/** A made-up stream of three contexts with two classes each, 40 rows to learn and 20 to test. */
export const tinyStream = (kind: Stream['kind'], reveals: Partial<Reveals> = {}): Stream => {
  const contexts = [0, 1, 2]
  const outputs = kind === 'domain' ? 2 : 6
  const all = Array.from({ length: outputs }, (_, k) => k)
  return {
    name: `tiny-${kind}`,
    kind,
    height: 2,
    width: 3,
    inputs,
    outputs,
    scale: 16,
    reveals: { boundary: true, context: true, testContext: kind === 'task', ...reveals },
    experiences: contexts.map((context) => ({
      context,
      size: 40,
      load: () => rowsOf(context, 40, 'train', kind === 'domain'),
    })),
    contexts: contexts.map((context) => ({
      name: `context ${context}`,
      active: kind === 'task' ? [2 * context, 2 * context + 1] : all,
      testSize: 20,
      test: () => rowsOf(context, 20, 'test', kind === 'domain'),
    })),
  }
}

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
  merged: false,
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

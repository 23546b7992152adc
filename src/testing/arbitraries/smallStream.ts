/** Small labelled data that a small network learns in a few steps. */
import { uniforms } from '../../random/draw.js'
import { key, named } from '../../random/key.js'
import type { LabelledRows, Reveals, Stream } from '../../stream/stream.js'

/** Sizes of a small stream. */
export interface SmallStream {
  readonly kind: Stream['kind']
  readonly contexts: number
  /** Classes of each context; a domain-incremental stream has these alone. */
  readonly classes: number
  /** Pixels: `2 · half`. */
  readonly half: number
  /** Rows to learn and to test of each context. */
  readonly size: number
  readonly testSize: number
  /** What a strategy may know. Absent: boundaries and contexts in training, contexts at test where tasks are told apart. */
  readonly reveals?: Partial<Reveals>
  /** Of the noise. */
  readonly seed: number
}

/**
 * Rows of each context in turn, 0 … 16: a class is a bright pixel in noise below 8. Class `k` of context `c` lights pixel
 * `c + stride · k`, so that contexts are different questions.
 */
export const smallStream = ({ kind, contexts, classes, half, size, testSize, reveals, seed }: SmallStream): Stream => {
  const inputs = 2 * half
  const shared = kind === 'domain'
  const outputs = shared ? classes : classes * contexts
  const stride = Math.max(1, Math.floor(inputs / classes))
  const rowsOf = (context: number, count: number, part: string): LabelledRows => {
    const u = uniforms(named(key(seed + context), part), count * inputs)
    const pixels = Uint8Array.from(u, (x) => Math.floor(x * 8))
    const labels = new Int32Array(count)
    for (let i = 0; i < count; i++) {
      const k = i % classes
      pixels[i * inputs + ((context + stride * k) % inputs)] = 16
      labels[i] = (shared ? 0 : classes * context) + k
    }
    return { size: count, pixels, labels, contexts: new Int32Array(count).fill(context) }
  }
  const all = Array.from({ length: outputs }, (_, k) => k)
  const each = Array.from({ length: contexts }, (_, context) => context)
  return {
    name: `tiny-${kind}`,
    kind,
    height: 2,
    width: half,
    inputs,
    outputs,
    scale: 16,
    reveals: { boundary: true, context: true, testContext: kind === 'task', ...reveals },
    experiences: each.map((context) => ({ context, size, load: () => rowsOf(context, size, 'train') })),
    contexts: each.map((context) => {
      const own = kind === 'domain' ? all : all.slice(classes * context, classes * (context + 1))
      return {
        name: `context ${context}`,
        active: kind === 'task' ? own : all,
        own,
        testSize,
        test: () => rowsOf(context, testSize, 'test'),
      }
    }),
  }
}

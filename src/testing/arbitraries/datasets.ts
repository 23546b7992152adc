/** Random small data sets, as streams of labelled rows. */
import fc from 'fast-check'
import type { Stream } from '../../stream/stream.js'
import { smallStream } from './smallStream.js'

/** Limits of random data sets. Absent: up to 3 contexts of up to 3 classes, 12 pixels, 24 rows. */
export interface DatasetLimits {
  readonly contexts?: number
  readonly classes?: number
  readonly pixels?: number
  readonly rows?: number
}

/**
 * Streams of contexts, each with labelled rows to learn and to test, that a small network learns in a few steps; smaller ones have fewer
 * contexts, classes, pixels and rows. `experiences[0].load()` are the rows of a labelled set.
 */
export const datasets = ({
  contexts = 3,
  classes = 3,
  pixels = 12,
  rows = 24,
}: DatasetLimits = {}): fc.Arbitrary<Stream> =>
  fc
    .record({
      kind: fc.constantFrom('domain', 'class', 'task'),
      contexts: fc.integer({ min: 1, max: contexts }),
      classes: fc.integer({ min: 1, max: classes }),
      half: fc.integer({ min: 1, max: Math.max(1, Math.floor(pixels / 2)) }),
      size: fc.integer({ min: 1, max: rows }),
      testSize: fc.integer({ min: 1, max: rows }),
      seed: fc.noShrink(fc.nat(2 ** 31 - 1)),
    })
    // a pixel for each class
    .map((sizes) => smallStream({ ...sizes, half: Math.max(sizes.half, Math.ceil(sizes.classes / 2)) }))

import * as E from 'fp-ts/lib/Either.js'
import { catalogue } from './catalogue.js'
import type { Dataset, Rows } from './dataset.js'
import type { Mismatch } from './mismatch.js'

/**
 * Layout of `data/digits.bin`: 8 bytes of ASCII magic; rows as little-endian u16; one byte each: width, height, classes,
 * scale; two zero bytes; pixels [rows, height, width], one byte each (0 .. 16 needs more than four bits); labels [rows].
 */
export const DIGITS_MAGIC = 'digits-1'

/** Bytes before the pixels. */
export const DIGITS_HEADER = 16

const pick = (pixels: Uint8Array, labels: Uint8Array, width: number, indices: readonly number[]): Rows => {
  const out = new Uint8Array(indices.length * width)
  indices.forEach((row, i) => out.set(pixels.subarray(row * width, (row + 1) * width), i * width))
  return { size: indices.length, pixels: out, labels: Uint8Array.from(indices, (row) => labels[row]!) }
}

/**
 * The fixed split: of each class the last quarter (rounded down) in the file's order is the test set. The file runs
 * writer by writer, so that a random split would test on hands seen in training; this one tests mostly on other writers.
 */
const isTest = (labels: Uint8Array, classes: number): readonly boolean[] => {
  const total = new Array<number>(classes).fill(0)
  for (const label of labels) total[label]!++
  const seen = new Array<number>(classes).fill(0)
  return Array.from(labels, (label) => seen[label]!++ >= total[label]! - Math.floor(total[label]! / 4))
}

/** Parses `data/digits.bin` (1,797 images of 8 x 8 pixels in 0 .. 16). `digest`: SHA-256 of the bytes. */
export const parseDigits = (bytes: Uint8Array, digest: string): E.Either<Mismatch, Dataset> => {
  const magic = String.fromCharCode(...bytes.subarray(0, DIGITS_MAGIC.length))
  if (magic !== DIGITS_MAGIC || bytes.length < DIGITS_HEADER) {
    return E.left({ expected: `a header that starts with '${DIGITS_MAGIC}'`, found: JSON.stringify(magic) })
  }
  const size = bytes[8]! + 256 * bytes[9]!
  const [width, height, classes, scale] = [bytes[10]!, bytes[11]!, bytes[12]!, bytes[13]!]
  const end = DIGITS_HEADER + size * width * height
  if (bytes.length !== end + size) {
    return E.left({ expected: `${end + size} bytes`, found: `${bytes.length} bytes` })
  }
  const pixels = bytes.subarray(DIGITS_HEADER, end)
  const labels = bytes.subarray(end)
  const bad = labels.findIndex((label) => label >= classes)
  if (bad >= 0) return E.left({ expected: `labels below ${classes}`, found: `label ${labels[bad]} in row ${bad}` })
  const tested = isTest(labels, classes)
  const part = (test: boolean): Rows => {
    const indices = tested.flatMap((t, i) => (t === test ? [i] : []))
    return pick(pixels, labels, width * height, indices)
  }
  const source = catalogue.digits.credit
  return E.right({
    name: 'digits',
    source,
    classes,
    width,
    height,
    scale,
    train: part(false),
    test: part(true),
    digest,
  })
}

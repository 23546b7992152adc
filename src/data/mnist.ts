import * as E from 'fp-ts/lib/Either.js'
import { catalogue } from './catalogue.js'
import type { Dataset, Rows } from './dataset.js'
import { type Idx, parseIdx } from './idx.js'
import type { Mismatch } from './mismatch.js'

/** What is wrong with one file of several. */
export interface FileMismatch extends Mismatch {
  readonly file: string
}

const SIDE = 28

const idxOf = (file: string, bytes: Uint8Array | undefined, fits: (idx: Idx) => boolean, expected: string) => {
  if (bytes === undefined) return E.left<FileMismatch>({ file, expected, found: 'nothing' })
  const idx = parseIdx(bytes)
  if (E.isLeft(idx)) return E.left<FileMismatch>({ file, ...idx.left })
  if (!fits(idx.right)) return E.left<FileMismatch>({ file, expected, found: `shape [${idx.right.shape.join(', ')}]` })
  return E.right(idx.right)
}

const partOf = (files: ReadonlyMap<string, Uint8Array>, prefix: string): E.Either<FileMismatch, Rows> => {
  const imagesName = `${prefix}-images-idx3-ubyte`
  const isImages = ({ shape }: Idx): boolean => shape.length === 3 && shape[1] === SIDE && shape[2] === SIDE
  const images = idxOf(imagesName, files.get(imagesName), isImages, `images of shape [n, ${SIDE}, ${SIDE}]`)
  if (E.isLeft(images)) return images
  const size = images.right.shape[0] ?? 0
  const labelsName = `${prefix}-labels-idx1-ubyte`
  const isLabels = ({ shape, values }: Idx): boolean =>
    shape.length === 1 && shape[0] === size && values.every((label) => label < catalogue.mnist.classes)
  const labels = idxOf(labelsName, files.get(labelsName), isLabels, `labels 0 .. 9 of shape [${size}]`)
  if (E.isLeft(labels)) return labels
  return E.right({ size, pixels: images.right.values, labels: labels.right.values })
}

/** MNIST from the bytes of its four IDX files by name; the split is the official one. `digest` names the four files' content. */
export const parseMnist = (files: ReadonlyMap<string, Uint8Array>, digest: string): E.Either<FileMismatch, Dataset> => {
  const train = partOf(files, 'train')
  if (E.isLeft(train)) return train
  const test = partOf(files, 't10k')
  if (E.isLeft(test)) return test
  const { classes, credit: source } = catalogue.mnist
  const name = 'mnist'
  return E.right({
    name,
    source,
    classes,
    width: SIDE,
    height: SIDE,
    scale: 255,
    train: train.right,
    test: test.right,
    digest,
  })
}

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { catalogue, type DataFile, type DatasetName, type Source } from '../data/catalogue.js'
import type { Dataset } from '../data/dataset.js'
import { parseDigits } from '../data/digits.js'
import type { Mismatch } from '../data/mismatch.js'
import { type FileMismatch, parseMnist } from '../data/mnist.js'
import { type AppError, reasonOf } from './error.js'

const sha256 = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('hex')

/** Folder of a source's files; the same relative place from src/shell and from dist/shell. Left when its package is absent. */
const folderOf = (dataset: DatasetName, { origin, get }: Source): E.Either<AppError, string> => {
  if (origin.kind === 'shipped') return E.right(fileURLToPath(new URL('../../data/', import.meta.url)))
  try {
    const manifest = createRequire(import.meta.url).resolve(`${origin.package}/package.json`)
    return E.right(join(dirname(manifest), origin.folder))
  } catch {
    return E.left({ _tag: 'DatasetMissing', dataset, get })
  }
}

const corrupt = (path: string, { expected, found }: Mismatch): AppError => {
  return { _tag: 'FileCorrupt', path, expected, found }
}

/** Reads a file and checks its length and SHA-256. */
const readChecked = async (folder: string, file: DataFile): Promise<E.Either<AppError, Uint8Array>> => {
  const path = join(folder, file.name)
  try {
    const content = await readFile(path)
    if (content.length !== file.bytes) {
      return E.left(corrupt(path, { expected: `${file.bytes} bytes`, found: `${content.length} bytes` }))
    }
    const found = `SHA-256 ${sha256(content)}`
    const expected = `SHA-256 ${file.sha256}`
    return found === expected ? E.right(content) : E.left(corrupt(path, { expected, found }))
  } catch (error) {
    return E.left({ _tag: 'FileUnreadable', path, reason: reasonOf(error) })
  }
}

/** Names the content of a source: the SHA-256 of its only file, or of the list of its files' SHA-256. */
const digestOf = ({ files }: Source): string => {
  const [only, ...others] = files.map(({ sha256: digest }) => digest)
  return others.length === 0 && only !== undefined ? only : sha256(`${[only, ...others].join('\n')}\n`)
}

/** What a data set is called in configurations of runs, known without its files. */
export const datasetNamed = (name: DatasetName): Pick<Dataset, 'name' | 'digest'> => ({
  name,
  digest: digestOf(catalogue[name]),
})

const parse = (
  dataset: DatasetName,
  files: ReadonlyMap<string, Uint8Array>,
  digest: string,
): E.Either<FileMismatch, Dataset> => {
  if (dataset === 'mnist') return parseMnist(files, digest)
  const file = 'digits.bin'
  const digits = parseDigits(files.get(file) ?? new Uint8Array(0), digest)
  return E.isLeft(digits) ? E.left({ file, ...digits.left }) : digits
}

/** Reads a data set from its files in `folder`, whose lengths and checksums must be those of the catalogue. */
export const readDataset =
  (dataset: DatasetName, folder: string): TaskEither<AppError, Dataset> =>
  async () => {
    const source = catalogue[dataset]
    const contents = new Map<string, Uint8Array>()
    for (const file of source.files) {
      const content = await readChecked(folder, file)
      if (E.isLeft(content)) return content
      contents.set(file.name, content.right)
    }
    const parsed = parse(dataset, contents, digestOf(source))
    return E.isLeft(parsed) ? E.left(corrupt(join(folder, parsed.left.file), parsed.left)) : parsed
  }

/**
 * Loads a data set from where it is installed. Left: `DatasetMissing` (with the command that gets it), `FileUnreadable`,
 * or `FileCorrupt` (with expected and found length or checksum).
 */
export const loadDataset =
  (dataset: DatasetName): TaskEither<AppError, Dataset> =>
  async () => {
    const folder = folderOf(dataset, catalogue[dataset])
    return E.isLeft(folder) ? folder : readDataset(dataset, folder.right)()
  }

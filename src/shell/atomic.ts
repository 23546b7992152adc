import { mkdirSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { type AppError, reasonOf } from './error.js'

/**
 * Writes a file so that no reader ever sees half of it: under a temporary name in the same folder, then renamed.
 * Synchronous on purpose: no signal handler can run between the two steps. Left when the folder refuses.
 */
export const writeAtomic = (path: string, content: string | Uint8Array): E.Either<AppError, void> => {
  const temporary = temporaryIn(dirname(path), basename(path))
  try {
    makeFolder(dirname(path))
    writeFileSync(temporary, content, { flush: true })
    renameSync(temporary, path)
    return E.right(undefined)
  } catch (cause) {
    removeQuietly(temporary)
    return E.left({ _tag: 'FileUnwritable', path, reason: reasonOf(cause) })
  }
}

/** A name beside that of a file, of this process alone. */
const temporaryIn = (folder: string, name: string): string => join(folder, `.${name}.${process.pid}.tmp`)

/**
 * Asks, before anything runs, whether files can be made in a folder that may not exist yet, by making one: that which `writeAtomic` makes
 * for a file of this name. Leaves no trace.
 */
export const writable = (folder: string, name = 'writable'): E.Either<AppError, void> => {
  const made: string[] = []
  try {
    probe(nearestFolder(folder))
    made.push(...makeFolder(folder))
    probe(folder, name)
    return E.right(undefined)
  } catch (cause) {
    return E.left({ _tag: 'FileUnwritable', path: folder, reason: reasonOf(cause) })
  } finally {
    for (const path of made.toReversed()) rmdirSync(path)
  }
}

/** Makes and removes a file; throws where that cannot be done. */
const probe = (folder: string, name = 'writable'): void => {
  const path = temporaryIn(folder, name)
  try {
    writeFileSync(path, '')
  } finally {
    removeQuietly(path)
  }
}

/** The folder itself where it exists, or the nearest one above it that does. Throws where a file stands in the way. */
const nearestFolder = (folder: string): string => {
  const found = statSync(folder, { throwIfNoEntry: false })
  if (found === undefined && dirname(folder) !== folder) return nearestFolder(dirname(folder))
  if (found?.isDirectory() !== true) throw new Error(`${folder} is a file where a folder must be`)
  return folder
}

/** Makes a folder and those above it one by one (Node's own recursion hangs below /proc); returns those made, top first. */
const makeFolder = (folder: string): readonly string[] => {
  const nearest = nearestFolder(folder)
  const missing: string[] = []
  for (let path = folder; path !== nearest; path = dirname(path)) missing.unshift(path)
  return missing.filter(makeOne)
}

/** Makes one folder; false where another process was faster. */
const makeOne = (path: string): boolean => {
  try {
    mkdirSync(path)
    return true
  } catch (cause) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return false
    throw cause
  }
}

/** Removes a file if it can be removed: what went wrong before is what counts. */
const removeQuietly = (path: string): void => {
  try {
    rmSync(path, { force: true })
  } catch {
    // the folder may be gone or not writable
  }
}

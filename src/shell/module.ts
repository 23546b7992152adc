import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { type AppError, reasonOf } from './error.js'

const isObject = (u: unknown): u is Readonly<Record<string, unknown>> => typeof u === 'object' && u !== null

/** The entry of `tsx` where it is installed for this file: importing it registers a loader of TypeScript. */
const tsxFor = (path: string): string | undefined => {
  try {
    return pathToFileURL(createRequire(path).resolve('tsx')).href
  } catch {
    return undefined
  }
}

const codeOf = (cause: unknown): unknown => (cause instanceof Error && 'code' in cause ? cause.code : undefined)

/** Why a path cannot be a module at all, before anything is imported. */
const notAModule = (path: string): string | undefined => {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return 'there is no such file'
  return found.isFile() ? undefined : 'it is no file'
}

/** A CommonJS module arrives as one record, by the name `default`, beside the names that Node could read off it: those of the record. */
const unwrapped = (exported: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const { default: whole, 'module.exports': _, ...named } = exported
  if (!isObject(whole)) return exported
  const same = Object.entries(named).every(([name, value]) => whole[name] === value)
  const isCommon = '__esModule' in whole || (same && Object.keys(named).length > 0)
  return isCommon ? { ...whole } : exported
}

/**
 * What a module of the user exports, by an absolute path; a default export is called `default`. TypeScript is loaded through `tsx` where
 * it is installed. Left: the module cannot be loaded, and why.
 */
export const loadModule =
  (path: string): TaskEither<AppError, Readonly<Record<string, unknown>>> =>
  async () => {
    const refused = (reason: string) => E.left<AppError>({ _tag: 'Refused', where: path, reason })
    const isTypeScript = /\.[cm]?ts$/.test(path)
    const loader = isTypeScript ? tsxFor(path) : undefined
    try {
      const wrong = notAModule(path)
      if (wrong !== undefined) return refused(wrong)
      // before the module itself: one that could not be loaded is not tried again
      if (loader !== undefined) await import(loader)
      const exported: unknown = await import(pathToFileURL(path).href)
      return E.right(isObject(exported) ? unwrapped(exported) : {})
    } catch (cause) {
      if (codeOf(cause) !== 'ERR_UNKNOWN_FILE_EXTENSION') return refused(`it cannot be loaded: ${reasonOf(cause)}`)
      if (!isTypeScript) return refused('it is no module: a .js, .mjs, .cjs or .ts file is needed')
      return refused('a TypeScript file needs tsx: npm install --save-dev tsx')
    }
  }

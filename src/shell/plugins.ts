import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import type { AnyPlugin } from '../strategy/registry.js'
import { type AppError, reasonOf } from './error.js'

const isObject = (u: unknown): u is Readonly<Record<string, unknown>> => typeof u === 'object' && u !== null

/** A codec of any copy of io-ts: a plugin may bring its own. */
const isCodec = (u: unknown): boolean =>
  u instanceof t.Type ||
  (isObject(u) && ['is', 'validate', 'encode', 'decode'].every((k) => typeof u[k] === 'function'))

const isPlugin = (u: unknown): u is AnyPlugin =>
  isObject(u) &&
  typeof u['name'] === 'string' &&
  u['name'] !== '' &&
  Array.isArray(u['sources']) &&
  isCodec(u['options']) &&
  typeof u['make'] === 'function'

/** Plugins, and SHA-256 of the file each comes from, by the plugin's name; built-in ones have none. */
export interface LoadedPlugins {
  readonly plugins: readonly AnyPlugin[]
  readonly digests: ReadonlyMap<string, string>
}

/**
 * The plugins that a module exports, with SHA-256 of its bytes; what it imports is not in the digest. Left when the module cannot be loaded, exports no plugin, or one whose name is among
 * `taken`.
 */
export const loadPlugin =
  (
    path: string,
    taken: readonly string[],
  ): TaskEither<AppError, { readonly plugins: readonly AnyPlugin[]; readonly digest: string }> =>
  async () => {
    const refused = (reason: string) => E.left<AppError>({ _tag: 'Refused', where: `plugin ${path}`, reason })
    let exported: unknown
    let digest: string
    try {
      digest = createHash('sha256')
        .update(await readFile(path))
        .digest('hex')
      exported = await import(pathToFileURL(path).href)
    } catch (cause) {
      return refused(`it cannot be loaded: ${reasonOf(cause)}`)
    }
    const found = (isObject(exported) ? Object.values(exported) : []).filter(isPlugin)
    const twice = found.find(({ name }, i) => taken.includes(name) || found.slice(0, i).some((p) => p.name === name))
    if (found.length === 0) {
      return refused('it exports no plugin: a record { name, sources, options, make } where options is a codec')
    }
    return twice === undefined
      ? E.right({ plugins: found, digest })
      : refused(`the name '${twice.name}' is taken by another strategy`)
  }

/** The plugins of several modules, loaded in order on top of those already there. */
export const loadPlugins =
  (paths: readonly string[], known: readonly AnyPlugin[]): TaskEither<AppError, LoadedPlugins> =>
  async () => {
    let all = known
    const digests = new Map<string, string>()
    for (const path of paths) {
      const loaded = await loadPlugin(
        path,
        all.map(({ name }) => name),
      )()
      if (E.isLeft(loaded)) return loaded
      const { plugins, digest } = loaded.right
      all = [...all, ...plugins]
      for (const { name } of plugins) digests.set(name, digest)
    }
    return E.right({ plugins: all, digests })
  }

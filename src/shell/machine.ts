import { readFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { arch, platform, version } from 'node:process'
import { join } from 'node:path'
import { packageFolder } from './places.js'

/** Architecture, processor and cores of this machine, in one line. */
export const machine = (): string => {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  return `${platform} ${arch}, ${model}, ${cpus().length} cores`
}

/** Version of Node, with its leading v. */
export const nodeVersion: string = version

/** Threads that can run at the same time here (respects the limits of a container where the system tells them). */
export const cores = (): number => availableParallelism()

/** Version of this package. */
export const packageVersion = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
  const known = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  return known && typeof manifest.version === 'string' ? manifest.version : 'unknown'
}

import type * as t from 'io-ts'
import { clsPlugin } from './cls.js'
import { ewcPlugin } from './ewc.js'
import { joint } from './joint.js'
import type { Method } from './method.js'
import { naive } from './naive.js'
import type { Cite } from './plugin.js'
import { replayPlugin } from './replay.js'

/** A plugin whose options' type is forgotten: decode with `options`, then `make`. */
export interface AnyPlugin {
  readonly name: string
  readonly sources: readonly Cite[]
  readonly options: t.Mixed
  readonly stream?: 'merged'
  make(options: unknown): Method
}

/** The methods that benchmark files can name without a plugin file. */
export const strategies: readonly AnyPlugin[] = [naive, joint, ewcPlugin, replayPlugin, clsPlugin]

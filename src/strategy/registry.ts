import type * as t from 'io-ts'
import { agemPlugin } from './agem.js'
import { clsPlugin } from './cls.js'
import { clsErPlugin } from './clsEr.js'
import { cumulative } from './cumulative.js'
import { derPlugin } from './der.js'
import { derPpPlugin } from './derPp.js'
import { erAcePlugin } from './erAce.js'
import { ewcPlugin } from './ewc.js'
import { gdumbPlugin } from './gdumb.js'
import { gemPlugin } from './gem.js'
import { icarlPlugin } from './icarl.js'
import { joint } from './joint.js'
import { l2Plugin } from './l2.js'
import { masPlugin } from './mas.js'
import { lwfPlugin } from './lwf.js'
import { ncmPlugin } from './ncm.js'
import { sldaPlugin } from './slda.js'
import { ridgePlugin } from './ridge.js'
import { gaussianPlugin } from './gaussian.js'
import type { Method } from './method.js'
import { naive } from './naive.js'
import type { Cite } from './plugin.js'
import { replayPlugin } from './replay.js'
import { siPlugin } from './si.js'

/** A plugin whose options' type is forgotten: decode with `options`, then `make`. */
export interface AnyPlugin {
  readonly name: string
  readonly sources: readonly Cite[]
  readonly options: t.Mixed
  readonly stream?: 'merged' | 'cumulative'
  make(options: unknown): Method
}

/** The methods that benchmark files can name without a plugin file. */
export const strategies: readonly AnyPlugin[] = [
  naive,
  joint,
  cumulative,
  gdumbPlugin,
  ewcPlugin,
  replayPlugin,
  erAcePlugin,
  lwfPlugin,
  agemPlugin,
  gemPlugin,
  clsPlugin,
  derPlugin,
  derPpPlugin,
  clsErPlugin,
  siPlugin,
  masPlugin,
  l2Plugin,
  icarlPlugin,
  ncmPlugin,
  sldaPlugin,
  ridgePlugin,
  gaussianPlugin,
]

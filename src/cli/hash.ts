import * as E from 'fp-ts/lib/Either.js'
import { chooseEngine } from '../shell/engine.js'
import { nodeVersion } from '../shell/machine.js'
import { digests } from '../testing/trainings.js'
import { fail } from './failure.js'
import { sayRefused } from './sayRefused.js'
import type { Terminal } from './terminal.js'

/** The options of `engram hash`. */
export interface HashOptions {
  readonly json?: true
  readonly fast?: true
  readonly wide: boolean
}

/** Trains and prints one digest per training; returns the exit code. */
export const hash = async ({ json, fast, wide }: HashOptions, terminal: Terminal): Promise<number> => {
  const arithmetic = fast === undefined ? 'exact' : 'fast'
  const engine = await chooseEngine({ wide, arithmetic, where: '--fast' })
  if (E.isLeft(engine)) return fail([engine.left], terminal)
  sayRefused(engine.right, terminal)
  const made = digests(arithmetic)
  const { name } = engine.right
  if (json === true) terminal.out(`${JSON.stringify({ node: nodeVersion, engine: name, digests: made }, null, 2)}\n`)
  else for (const [training, digest] of Object.entries(made)) terminal.out(`${training.padEnd(12)}${digest}\n`)
  return 0
}

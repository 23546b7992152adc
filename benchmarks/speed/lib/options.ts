import { parseArgs } from 'node:util'
import { isMainThread } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import type { Arithmetic } from '../../../src/compile/arithmetic.js'
import { chooseEngine } from '../../../src/shell/engine.js'
import type { Length } from './rounds.js'

/** `plain`: 128-bit vectors; `wide`: V8 joins them to 256 bits, same bits; `fast`: fused multiply-add, other bits. */
export type Mode = 'plain' | 'wide' | 'fast'

/** What every script understands. */
export interface Options extends Length {
  readonly mode: Mode
  /** Also run what takes minutes. */
  readonly long: boolean
  /** Save the figures in `benchmarks/speed/results/`. */
  readonly write: boolean
}

/** `--rounds n --milliseconds n --mode plain|wide|fast --long --write`, with defaults. Throws on anything else. */
export const options = (defaults: Length = { rounds: 31, milliseconds: 40 }): Options => {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: String(defaults.rounds) },
      milliseconds: { type: 'string', default: String(defaults.milliseconds) },
      mode: { type: 'string', default: 'plain' },
      long: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  })
  const { mode, long, write } = values
  if (mode !== 'plain' && mode !== 'wide' && mode !== 'fast') throw new Error(`--mode ${mode}: plain, wide or fast`)
  return { rounds: Number(values.rounds), milliseconds: Number(values.milliseconds), mode, long, write }
}

/** How products are added in a mode. */
export const arithmeticOf = (mode: Mode): Arithmetic => (mode === 'fast' ? 'fast' : 'exact')

/** Switches the engine to the mode, which holds for threads too. Must come before anything is compiled. Throws where the mode is not to be had. */
export const switchTo = async (mode: Mode): Promise<void> => {
  if (!isMainThread) return
  if (mode === 'wide' && Number.parseInt(process.versions.node, 10) < 24) throw new Error('wide mode needs Node 24')
  const wish = { wide: mode === 'wide', arithmetic: arithmeticOf(mode), where: `--mode ${mode}` }
  const engine = await chooseEngine(wish)
  if (E.isLeft(engine)) throw new Error(`${wish.where} is not to be had here: ${JSON.stringify(engine.left)}`)
  if (engine.right.refused !== null) throw new Error(`${wish.where} is refused: ${engine.right.refused}`)
}

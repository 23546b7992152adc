import * as E from 'fp-ts/lib/Either.js'
import { decodeWith } from '../../src/codec/decode.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { strategies } from '../../src/strategy/registry.js'

/** The one strategy of a registered plugin, from options as in a benchmark file; undefined when they are refused. */
export const tried = (name: string, options: object): AnyStrategy | undefined => {
  const plugin = strategies.find((p) => p.name === name)
  if (plugin === undefined) throw new Error(`no plugin '${name}'`)
  const decoded = decodeWith(plugin.options, options)
  return E.isRight(decoded) ? plugin.make(decoded.right)[0] : undefined
}

/** The same; throws when the options are refused. */
export const strategyOf = (name: string, options: object = {}): AnyStrategy => {
  const strategy = tried(name, options)
  if (strategy === undefined) throw new Error(`'${name}' refuses ${JSON.stringify(options)}`)
  return strategy
}

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { closed } from '../../src/codec/closed.js'
import { decodeWith } from '../../src/codec/decode.js'
import { list } from '../../src/codec/list.js'
import { optional } from '../../src/codec/optional.js'
import { hashOf } from '../../src/shell/hash.js'
import { strategies } from '../../src/strategy/registry.js'
import { training } from '../../src/train/benchmark.js'
import { model } from '../../src/train/modelCodec.js'
import { optimiser } from '../../src/train/optimiserCodec.js'
import { strategyEntry } from '../../src/train/strategyEntry.js'

const files = readdirSync('results', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json') && name.split(/[\\/]/).length === 3)
  .map((name) => join('results', name))

const method = closed('a method', {
  strategies: list(strategyEntry(strategies)),
  optimiser: optional(optimiser),
  training: optional(training),
})

describe('committed results', () => {
  it('have the hashes that their configurations have today: options that came later are absent, not defaults', () => {
    expect(files.length).toBeGreaterThan(100)
    for (const file of files) {
      const { configuration, hash }: { readonly configuration: Record<string, unknown>; readonly hash: string } =
        JSON.parse(readFileSync(file, 'utf8'))
      const net = decodeWith(model, configuration['model'])
      const steps = decodeWith(optimiser, configuration['optimiser'])
      const methods = decodeWith(method, configuration['method'])
      if (E.isLeft(net) || E.isLeft(steps) || E.isLeft(methods)) throw new Error(`${file} does not decode`)
      const today = {
        ...configuration,
        model: model.encode(net.right),
        optimiser: optimiser.encode(steps.right),
        method: method.encode(methods.right),
      }
      expect([file, hashOf(today)]).toEqual([file, hash])
    }
  })
})

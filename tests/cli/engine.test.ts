import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { committedEngines } from '../../scripts/engines-table.js'
import { emptyFolder, engram, resultIn } from './engram.js'

let cwd = ''
beforeEach(() => {
  cwd = emptyFolder()
})
afterEach(() => rmSync(cwd, { recursive: true }))

const [committed] = committedEngines().exact

describe('engram hash', () => {
  it('prints one line for each training, with the digest that was committed', async () => {
    const { code, out, err } = await engram(['hash'], cwd)
    const lines = Object.entries(committed?.digests ?? {}).map(([name, digest]) => `${name.padEnd(12)}${digest}\n`)
    expect({ code, out, err }).toEqual({ code: 0, out: lines.join(''), err: '' })
  })

  it('prints JSON with the engine; wide or not, the digests are the same', async () => {
    for (const [option, engine] of [
      ['--no-wide', /^wasm-simd128$/],
      ['--json', Number.parseInt(process.versions.node, 10) < 24 ? /^wasm-simd128$/ : /^wasm-simd128, revectorised$/],
    ] as const) {
      const { out } = await engram(['hash', '--json', option], cwd)
      expect(JSON.parse(out)).toEqual({
        node: process.version,
        engine: expect.stringMatching(engine),
        digests: committed?.digests,
      })
    }
  })
})

describe('fast arithmetic', () => {
  const run = ['run', 'split-digits-class', '--only', 'naive', '--seeds', '1', '--set', 'training.iterations=20']

  it('is part of the configuration, the hash, the manifest and the notes; without it nothing has changed', async () => {
    await engram([...run, '--out', 'exact'], cwd)
    const { code, out } = await engram([...run, '--set', 'training.arithmetic=fast', '--out', 'fast'], cwd)
    expect(code).toBe(0)
    expect(out).toContain('All results are in fast arithmetic')
    const [exact, fast] = ['exact', 'fast'].map((folder) => join(cwd, folder, 'naive', 'seed-1.json'))
    const [before, after] = [resultIn(exact!), resultIn(fast!)]
    expect(before.configuration['training']).toEqual({ batch: 16, iterations: 20 })
    expect(after.configuration['training']).toEqual({ batch: 16, iterations: 20, arithmetic: 'fast' })
    expect(after.hash).not.toBe(before.hash)
    const manifest = JSON.parse(readFileSync(fast!, 'utf8')).manifest
    expect(manifest.engine).toMatch(/^wasm-simd128(, revectorised)?, fused multiply-add$/)
  })

  it('is asked for by its name only', async () => {
    const { code, err } = await engram([...run, '--set', 'training.arithmetic=exact'], cwd)
    expect(code).toBe(2)
    expect(err).toContain('training.arithmetic: expected "fast", got "exact"')
  })
})

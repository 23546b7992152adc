import { execFileSync } from 'node:child_process'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { chooseEngine, type EngineHost } from '../../src/shell/engine.js'

/** A process that notes which switches are set; its trial ends with `verdict`. */
const host = (verdict: string | null, changes: Partial<EngineHost> = {}) => {
  const flags: string[] = []
  const tried: string[] = []
  const made: EngineHost = {
    major: 24,
    startedWide: false,
    set: (flag) => flags.push(flag),
    trial: () => {
      tried.push(flags.join())
      return Promise.resolve(verdict)
    },
    fusedWorks: () => true,
    ...changes,
  }
  return { made, flags, tried }
}

const exact = { wide: true, arithmetic: 'exact', where: 'here' } as const
const on = '--experimental-wasm-revectorize'
const off = '--no-experimental-wasm-revectorize'

describe('wide mode', () => {
  it('is switched on after a trial that was made before', async () => {
    const { made, flags, tried } = host(null)
    expect(await chooseEngine(exact, made)).toEqual(E.right({ name: 'wasm-simd128, revectorised', refused: null }))
    expect(tried).toEqual([''])
    expect(flags).toEqual([on])
  })

  it('stays off when the trial fails, and the manifest says why', async () => {
    const reason = 'the self-test found other bits in heads: 16×32×10 nn'
    const { made, flags } = host(reason)
    const name = `wasm-simd128 (not revectorised: ${reason})`
    expect(await chooseEngine(exact, made)).toEqual(E.right({ name, refused: reason }))
    expect(flags).toEqual([])
  })

  it('is not tried where it is unwanted, or where V8 has none', async () => {
    for (const [wide, major] of [
      [false, 24],
      [true, 22],
      [true, 20],
    ] as const) {
      const { made, flags, tried } = host(null, { major })
      expect(await chooseEngine({ ...exact, wide }, made)).toEqual(E.right({ name: 'wasm-simd128', refused: null }))
      expect([...flags, ...tried]).toEqual([])
    }
  })

  it('is switched off where Node was started with it and it fails or is unwanted', async () => {
    const failed = host('other bits', { startedWide: true })
    await chooseEngine(exact, failed.made)
    expect(failed.flags).toEqual([off])
    const unwanted = host(null, { startedWide: true })
    await chooseEngine({ ...exact, wide: false }, unwanted.made)
    expect(unwanted.flags).toEqual([off])
  })

  it('has a self-test that this Node passes in a process of its own', () => {
    expect(execFileSync(process.execPath, ['dist/shell/selfTestWorker.js'], { encoding: 'utf8' })).toBe('equal\n')
  })
})

describe('fast arithmetic', () => {
  it('is refused where there is no relaxed SIMD, and never replaced by the exact one', async () => {
    const { made } = host(null, { fusedWorks: () => false })
    const chosen = await chooseEngine({ wide: false, arithmetic: 'fast', where: 'training.arithmetic' }, made)
    expect(E.isLeft(chosen) && chosen.left).toMatchObject({ _tag: 'Refused', where: 'training.arithmetic' })
  })

  it('is in the name of the engine', async () => {
    const { made } = host(null)
    expect(await chooseEngine({ ...exact, arithmetic: 'fast' }, made)).toEqual(
      E.right({ name: 'wasm-simd128, revectorised, fused multiply-add', refused: null }),
    )
  })

  it('needs a switch on Node 20, and none later', async () => {
    for (const [major, expected] of [
      [20, ['--experimental-wasm-relaxed-simd']],
      [22, []],
    ] as const) {
      const { made, flags } = host(null, { major })
      await chooseEngine({ wide: false, arithmetic: 'fast', where: 'here' }, made)
      expect(flags).toEqual(expected)
    }
  })

  it('works on this Node', async () => {
    const chosen = await chooseEngine({ wide: false, arithmetic: 'fast', where: 'here' })
    expect(chosen).toEqual(E.right({ name: 'wasm-simd128, fused multiply-add', refused: null }))
  })
})

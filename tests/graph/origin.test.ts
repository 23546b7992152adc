import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { grad } from '../../src/graph/grad.js'
import { add, dot, input, mul, reshape, sub, sum } from '../../src/graph/ops.js'
import { originIn } from '../../src/graph/origin.js'
import { crossEntropy } from '../../src/nn/loss.js'

const messageOf = (build: () => unknown): string => {
  try {
    build()
    return 'nothing was thrown'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** The line of this file that a message names. */
const here = /\(built at origin\.test\.ts:(\d+):\d+\)$/

describe('an error about a shape', () => {
  const [a, b] = [input('a', [128, 784]), input('b', [400, 10])]

  it('names the operation, both shapes and the place in the file that called', () => {
    expect(messageOf(() => dot(a, b))).toMatch(
      /^dot: expected equal inner lengths, got \[128, 784\] and \[400, 10\] \(built at origin\.test\.ts:\d+:\d+\)$/,
    )
  })

  it('names the line of the caller, however many builders are in between', () => {
    const nested = (): unknown => [
      sum(a),
      add(1, mul(a, 2), sub(a, b)), // the line that counts
    ]
    const [, first] = here.exec(messageOf(nested)) ?? []
    const [, second] = here.exec(messageOf(() => dot(a, b))) ?? []
    expect(Number(first)).toBeGreaterThan(30)
    expect(Number(second) - Number(first)).toBe(3)
    const all = [
      () => add(a, a, a, a, a, a, a, a, a, a, a, b),
      () => crossEntropy(a, b),
      () => grad(a, a),
      () => reshape(a, [3]),
      () => input('x', [0]),
    ]
    for (const build of all) expect(messageOf(build)).toMatch(here)
  })

  it('leaves the limit of recorded frames as it was', () => {
    const before = Error.stackTraceLimit
    messageOf(() => dot(a, b))
    expect(Error.stackTraceLimit).toBe(before)
  })

  it('names the file of a program that uses the built package, in plain Node', () => {
    const folder = mkdtempSync(join(tmpdir(), 'engram-origin-'))
    mkdirSync(join(folder, 'deeper down'))
    const program = join(folder, 'deeper down', 'my-strategy.mjs')
    const engram = JSON.stringify(`file://${resolve('dist/index.js')}`)
    // with more builders in between than Node records frames of its own accord
    writeFileSync(program, `import { softmax, zeros } from ${engram}\n\n  softmax(zeros([2, 3]), zeros([4, 5]))\n`)
    try {
      execFileSync(process.execPath, [program], { encoding: 'utf8', stdio: 'pipe' })
      expect.unreachable()
    } catch (error) {
      const written = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
      expect(written).toContain('got [4, 5] and [2, 3] (built at my-strategy.mjs:3:3)\n')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('the place in a call stack', () => {
  const v8 = [
    'Error',
    '    at builtAt (file:///opt/engram/dist/graph/origin.js:40:29)',
    '    at assertShape (file:///opt/engram/dist/graph/shape.js:20:15)',
    '    at Array.reduce (<anonymous>)',
    '    at together (file:///opt/engram/dist/graph/ops.js:40:12)',
  ]
  const spiderMonkey = [
    'builtAt@file:///opt/engram/dist/graph/origin.js:40:29',
    'assertShape@file:///opt/engram/dist/graph/shape.js:20:15',
    '@file:///opt/engram/dist/nn/loss.js:9:1',
  ]
  const origin = (...frames: readonly string[]): string | undefined => originIn(frames.join('\n'))

  it('is read from the stacks of V8, SpiderMonkey and JavaScriptCore', () => {
    expect(origin(...v8, '    at file:///home/me/my-strategy.js?t=1:12:20')).toBe('my-strategy.js:12:20')
    expect(origin(...v8, '    at async Object.loss (/home/me/my strategy.ts:12:20)')).toBe('my strategy.ts:12:20')
    expect(origin(...v8, '    at new Net (webpack://app/./net.js:7:1)')).toBe('net.js:7:1')
    expect(origin(...spiderMonkey, 'loss@file:///home/me/my-strategy.js:12:20')).toBe('my-strategy.js:12:20')
    expect(origin(...spiderMonkey, 'loss@https://example.org/lib/net.mjs:12:20')).toBe('net.mjs:12:20')
  })

  it('is below the folder of the engine where the engine itself is the caller', () => {
    expect(origin(...v8, '    at objective (file:///opt/engram/dist/strategy/ewc.js:80:9)')).toBe(
      'strategy/ewc.js:80:9',
    )
    expect(
      origin(
        ...v8,
        '    at losses (file:///opt/engram/dist/train/scope.js:40:9)',
        '    at loss (file:///opt/engram-plugin/index.js:1:2)',
      ),
    ).toBe('index.js:1:2')
  })

  it('is read from paths of Windows', () => {
    expect(
      origin(
        '    at builtAt (C:\\engram\\src\\graph\\origin.ts:40:29)',
        '    at dot (C:\\engram\\src\\graph\\primitives\\dot.ts:70:3)',
        '    at C:\\me\\net.ts:5:6',
      ),
    ).toBe('net.ts:5:6')
  })

  it('is left out where it cannot be told', () => {
    expect(origin(...v8)).toBeUndefined()
    expect(origin(...v8, '    at node:internal/main:3:1')).toBeUndefined()
    expect(origin('    at q (https://example.org/bundle.min.js:1:4031)', '    at z (x/y.js:1:1)')).toBeUndefined()
    expect(originIn('')).toBeUndefined()
  })
})

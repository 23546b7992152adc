import { rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { emptyFolder, engram } from './engram.js'
import { inProcess } from './inProcess.js'

let cwd = ''
beforeEach(() => {
  cwd = emptyFolder()
})
afterEach(() => rmSync(cwd, { recursive: true }))

const few = ['gradcheck', '--only', 'sgd,weightedMean,naive']
const linesOf = (text: string): readonly string[] => text.split('\n')
const widest = (text: string): number => Math.max(...linesOf(text).map((line) => [...line].length))

const built = pathToFileURL(resolve('dist/index.js')).href

/** Writes a file that uses the built package. */
const file = (name: string, text: string): string => {
  writeFileSync(join(cwd, name), `import { mul, square, stop, sub, sum } from '${built}'\n${text}`)
  return name
}

describe('engram gradcheck', () => {
  it('prints a row each, with the worst errors and the number of cases, and ends with 0', async () => {
    const { code, out, err } = await inProcess(few, cwd)
    expect([code, err]).toEqual([0, ''])
    const rows = linesOf(out)
    expect(rows.find((row) => row.startsWith('losses'))).toMatch(/cases +modes +differences +2nd order +bits +bound$/)
    expect(rows.find((row) => row.startsWith('✓ weightedMean'))).toMatch(/ 1 +\S+ +\S+ +\S+ +same +0\.\d\d$/)
    expect(rows.find((row) => row.startsWith('– naive'))).toMatch(/adds no term$/)
    expect(rows.find((row) => row.startsWith('✓ sgd'))).toMatch(/ 4 +– +\S+ +– +same/)
    expect(out).toMatch(/all right: 3 items, 5 cases, \d+s\n$/)
  })

  it('gives the same JSON twice, and other numbers for another seed', async () => {
    const [first, again, other] = await Promise.all(
      [[], [], ['--seed', '5']].map((more) => inProcess([...few, '--json', ...more], cwd)),
    )
    expect(first?.out).toBe(again?.out)
    expect(other?.out).not.toBe(first?.out)
    const data: { readonly seed: number; readonly items: readonly object[] } = JSON.parse(first?.out ?? '')
    expect(data.seed).toBe(0)
    expect(data.items.map((item) => Reflect.get(item, 'name'))).toEqual(['weightedMean', 'naive', 'sgd'])
    expect(data.items[0]).toMatchObject({ kind: 'loss', cases: 1, failures: [], worst: { bits: 0 } })
  })

  it.each([120, 80, 60, 40, 20])('fits a terminal of %i columns, and clears its progress line', async (width) => {
    const { code, out, live } = await inProcess(few, cwd, width)
    expect(code).toBe(0)
    expect(widest(out)).toBeLessThanOrEqual(width)
    const drawn = live.split('\r\u001b[2K')
    expect(Math.max(...drawn.map((line) => [...line].length))).toBeLessThan(width)
    expect(drawn.at(-1)).toBe('')
    if (width >= 80) expect(out).toContain('cases')
    expect(out).toContain(width >= 40 ? 'differences' : '✓ sgd')
  })

  it.each([
    ['an unknown item', ['gradcheck', '--only', 'softmx'], "did you mean 'softmax'?"],
    ['a seed that is no number', ['gradcheck', '--seed', '-1'], 'expected a whole number from 0 up'],
    ['a file that is not there', ['gradcheck', 'none.js'], 'none.js: there is no such file'],
    ['a folder', ['gradcheck', '.'], 'it is no file'],
    ['an unknown option', ['gradcheck', '--sed', '1'], "unknown option '--sed'"],
  ])('refuses %s with 2', async (_, args, part) => {
    const { code, err } = await inProcess(args, cwd)
    expect(code).toBe(2)
    expect(err).toContain(part)
  })
})

describe('engram gradcheck with a file', () => {
  it('checks what it exports', async () => {
    const name = file('mine.mjs', 'export const loss = (a, b) => sum(square(sub(a, b)))\n')
    const { code, out, err } = await engram(['gradcheck', name], cwd)
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/✓ loss/)
  })

  it('ends with 1 and a counterexample when a gradient is wrong', async () => {
    const cut = "{ f: (p) => mul(stop(p), p), arguments: [[3]], options: { differencesOf: 'value' } }"
    const name = file('wrong.mjs', `export const checks = { cut: ${cut}, fine: { f: square, arguments: [[2]] } }\n`)
    const { code, out } = await engram(['gradcheck', name], cwd)
    expect(code).toBe(1)
    expect(out).toMatch(/✗ cut/)
    expect(out).toMatch(/✓ fine/)
    expect(out).toContain('export cut\n  checkGradients: the gradient of cut is wrong')
    expect(out).toContain('1 item of 2 wrong')
  })

  it('says of every export that is nothing to check what would be right, and ends with 2', async () => {
    const name = file('bad.mjs', "export const a = 3\nexport const hold = { name: 'hold', rights: {}, objectiv: 3 }\n")
    const { code, out, err } = await engram(['gradcheck', name], cwd)
    expect([code, out]).toEqual([2, ''])
    for (const part of ['a: a number', "did you mean 'objective'?", 'what would be right', 'export const checks'])
      expect(err).toContain(part)
  })

  it('reports a rule that is wrong in a record of its own, and not as another copy of the package', async () => {
    const rule = '(x) => { const y = square(x); return { ...y, op: { ...y.op, vjp: (ct) => [mul(ct, x), null] } } }'
    const name = file('rule.mjs', `export const rule = ${rule}\n`)
    const { code, out } = await engram(['gradcheck', name], cwd)
    expect(code).toBe(1)
    expect(out).toMatch(/wrong rule +the rule of `multiply` for its argument 1, in square/)
    expect(out).not.toContain('another copy')
  })

  it.each([
    ['a file that is no module', 'notes.txt', 'hello', 'it is no module: a .js, .mjs, .cjs or .ts file is needed'],
    ['checks that name nothing', 'empty.mjs', 'export const checks = {}', 'checks: it names nothing to check'],
  ])('refuses %s with 2', async (_, name, text, part) => {
    writeFileSync(join(cwd, name), text)
    const { code, err } = await engram(['gradcheck', name], cwd)
    expect(code).toBe(2)
    expect(err).toContain(part)
  })

  it('loads TypeScript where tsx is installed, and says so where it is not', async () => {
    const text = 'export const loss = (a: never, b: never) => sum(square(sub(a, b)))\n'
    const name = file('mine.ts', text)
    const without = await engram(['gradcheck', name], cwd)
    // a Node that takes types away by itself needs nothing
    if (without.code !== 0)
      expect([without.code, without.err]).toEqual([2, expect.stringContaining('npm install --save-dev tsx')])
    writeFileSync(join(cwd, 'package.json'), '{ "type": "module" }')
    symlinkSync(resolve('node_modules'), join(cwd, 'node_modules'))
    const { code, out, err } = await engram(['gradcheck', name], cwd)
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/✓ loss/)
  })

  it('says so when the file comes with another copy of the package', async () => {
    symlinkSync(resolve('node_modules'), join(cwd, 'node_modules'))
    // without "type": "module" the file is CommonJS, and what it imports by path is loaded anew
    const text = `import { square } from '${resolve('dist/index.js')}'\nexport const bent = (x: never) => square(x)\n`
    writeFileSync(join(cwd, 'common.ts'), text)
    const { code, out } = await engram(['gradcheck', 'common.ts'], cwd)
    expect(code).toBe(1)
    expect(out).toContain('another copy of engram')
  })
})

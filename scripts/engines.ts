/**
 * Whether all engines give the same bits: runs `engram hash` on every Node that npm has as a package, plain and wide, and its
 * trainings in Chromium and Firefox (from PATH, or where CHROMIUM and FIREFOX say). Prints the table and fails on any difference,
 * also from the committed comparison; with `--write` that is replaced, if every engine was found.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { delimiter, join } from 'node:path'
import { inBrowser, type Start } from './engines-browser.js'
import {
  committedEngines,
  type EngineRow,
  type Engines,
  enginesFile,
  enginesTable,
  withEngines,
} from './engines-table.js'

/** Major versions of Node, and the first whose V8 has wide code. */
const nodes = [20, 22, 24, 26]
const firstWide = 24

/** Milliseconds for a training of all networks under one engine, and for a download. */
const patience = { hash: 120_000, install: 300_000 }

const document = 'docs/engines.md'
const exact: EngineRow[] = []
const fast: EngineRow[] = []
const missing: string[] = []
const problems: string[] = []

const lineOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)

/** The program of a major version of Node: this one, or that of npm's package for this platform. */
const nodeProgram = (major: number): string => {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath
  const system = process.platform === 'win32' ? 'win' : process.platform
  const name = `node-${system}-${process.arch}`
  const folder = `.cache/engines/node-${major}`
  const program = join(folder, 'node_modules', name, 'bin', system === 'win' ? 'node.exe' : 'node')
  if (!existsSync(program))
    execFileSync(
      'npm',
      ['install', '--prefix', folder, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', `${name}@${major}`],
      { stdio: 'pipe', shell: system === 'win', timeout: patience.install },
    )
  return program
}

const hash = (program: string, ...options: readonly string[]) => {
  const text = execFileSync(program, ['dist/cli/main.js', 'hash', '--json', ...options], {
    encoding: 'utf8',
    timeout: patience.hash,
  })
  const made: { node: string; engine: string; digests: EngineRow['digests'] } = JSON.parse(text)
  return { ...made, engine: `Node ${made.node.slice(1)}`, name: made.engine }
}

const compareNode = (major: number): void => {
  let program: string
  try {
    program = nodeProgram(major)
  } catch (error) {
    missing.push(`Node ${major}: npm cannot install it (${lineOf(error)})`)
    return
  }
  try {
    hashesOf(program, major)
  } catch (error) {
    problems.push(`Node ${major}: ${lineOf(error)}`)
  }
}

const hashesOf = (program: string, major: number): void => {
  const { engine, digests } = hash(program, '--no-wide')
  exact.push({ engine, mode: 'plain', digests })
  fast.push({ engine, mode: 'plain', digests: hash(program, '--no-wide', '--fast').digests })
  if (major < firstWide) return
  const wide = hash(program)
  if (!wide.name.includes('revectorised,') && !wide.name.endsWith('revectorised'))
    problems.push(`${engine} is not wide: ${wide.name}`)
  exact.push({ engine, mode: 'wide', digests: wide.digests })
  fast.push({ engine, mode: 'wide', digests: hash(program, '--fast').digests })
}

/** The program that the variable names, or else the first of these in PATH; noted as missing where there is none. */
const found = (engine: string, variable: string, names: readonly string[]): string | undefined => {
  const named = process.env[variable]
  const inPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
  const program = (named === undefined ? inPath : [named]).find((path) => existsSync(path))
  if (program === undefined)
    missing.push(
      `${engine}: ${named === undefined ? `not in PATH, and ${variable} is not set` : `${named} is no file`}`,
    )
  return program
}

const compareBrowser = async (engine: string, mode: EngineRow['mode'], start: Start): Promise<void> => {
  try {
    const posted = await inBrowser(start)
    exact.push({ engine, mode, digests: posted.exact })
    if (posted.fast !== null) fast.push({ engine, mode, digests: posted.fast })
  } catch (error) {
    problems.push(`${engine}, ${mode}: ${lineOf(error)}`)
  }
}

const versionOf = (program: string): string =>
  /\d+(\.\d+)+/.exec(
    execFileSync(program, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 20_000 }),
  )?.[0] ?? ''

const compareBrowsers = async (): Promise<void> => {
  const chromium = found('Chromium', 'CHROMIUM', ['chromium', 'chromium-browser', 'google-chrome'])
  if (chromium !== undefined) {
    const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-dev-shm-usage']
    for (const mode of ['plain', 'wide'] as const) {
      const wide = mode === 'wide' ? ['--js-flags=--experimental-wasm-revectorize'] : []
      await compareBrowser(`Chromium ${versionOf(chromium)}`, mode, (profile, address) => [
        chromium,
        ...flags,
        ...wide,
        `--user-data-dir=${profile}`,
        address,
      ])
    }
  }
  const firefox = found('Firefox', 'FIREFOX', ['firefox', 'firefox-esr'])
  if (firefox !== undefined)
    await compareBrowser(`Firefox ${versionOf(firefox)}`, 'plain', (profile, address) => [
      firefox,
      '--headless',
      '--no-remote',
      '--profile',
      profile,
      address,
    ])
}

for (const major of nodes) compareNode(major)
try {
  await compareBrowsers()
} catch (error) {
  problems.push(`browsers: ${lineOf(error)}`)
}
if (exact.length === 0) problems.push('no engine gave digests')

const engines: Engines = { processor: cpus()[0]?.model.trim() ?? 'unknown', exact, fast }
const expected = exact[0]?.digests ?? {}
const differ = (from: EngineRow['digests'], by: string): void => {
  for (const { engine, mode, digests } of exact)
    for (const name of new Set([...Object.keys(from), ...Object.keys(digests)]))
      if (digests[name] !== from[name]) problems.push(`${engine}, ${mode}: ${name} differs from ${by}`)
}
differ(expected, exact[0]?.engine ?? '')

console.log(`${enginesTable(engines)}\n`)
for (const text of missing) console.log(`not here: ${text}`)
if (process.argv.includes('--write')) {
  if (missing.length > 0) problems.push(`${enginesFile} is left as it is, because engines are missing`)
  if (problems.length === 0) {
    writeFileSync(enginesFile, `${JSON.stringify(engines, null, 2)}\n`)
    writeFileSync(document, withEngines(readFileSync(document, 'utf8'), engines))
  }
} else differ(committedEngines().exact[0]?.digests ?? {}, enginesFile)
for (const text of problems) console.error(text)
console.log(`engines: ${exact.length} compared, ${missing.length} not here, ${problems.length} problems`)
process.exitCode = problems.length === 0 ? 0 : 1

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Result } from '../../src/record/result.js'

const built = resolve('dist/cli/main.js')

/** How a command ended. */
export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Starts the built command under plain Node, with pipes for its output. */
export const start = (args: readonly string[], cwd: string, main = built): ChildProcess => {
  if (!existsSync(main)) throw new Error('the command is not built: npm run build')
  // CI is set because colour libraries take it for a wish; a pipe gets plain lines all the same
  return spawn(process.execPath, [main, ...args], {
    cwd,
    env: { ...process.env, CI: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Waits for the end of a command. */
export const ended = (child: ChildProcess): Promise<Ended> =>
  new Promise((done, failed) => {
    let out = ''
    let err = ''
    child.stdout?.on('data', (data) => (out += String(data)))
    child.stderr?.on('data', (data) => (err += String(data)))
    child.on('error', failed)
    child.on('close', (code) => done({ code, out, err }))
  })

/** Runs the built command to its end; `main`: another copy of it. */
export const engram = (args: readonly string[], cwd: string, main = built): Promise<Ended> =>
  ended(start(args, cwd, main))

/** A new empty folder. */
export const emptyFolder = (): string => mkdtempSync(join(tmpdir(), 'engram-cli-'))

/** All files below a folder, sorted, as paths from it. */
export const filesIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .toSorted()
    : []

/** A result file without its manifest. */
export const resultIn = (path: string): Omit<Result, 'manifest'> => {
  const { manifest: _, ...rest } = JSON.parse(readFileSync(path, 'utf8'))
  return rest
}

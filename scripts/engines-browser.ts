/** Runs the trainings of `engram hash` in a browser: serves `dist` as it is, and waits until a worker of the page has posted digests. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join, normalize } from 'node:path'

/** What a page posts; `fast` is null where the browser has no relaxed SIMD. */
export interface Posted {
  readonly exact: Readonly<Record<string, string>>
  readonly fast: Readonly<Record<string, string>> | null
}

const page = `<!doctype html><title>engram</title><script type="module">
const tell = (text) => fetch('/failed', { method: 'POST', body: text })
const worker = new Worker('/worker.js', { type: 'module' })
worker.onerror = (event) => tell(event.message ?? 'the worker does not load')
worker.onmessage = ({ data }) => fetch('/posted', { method: 'POST', body: JSON.stringify(data) })
</script>`

const worker = `import { fusedWorks } from '/dist/compile/fusedMultiplyAdd.js'
import { digests } from '/dist/testing/trainings.js'
postMessage({ exact: digests(), fast: fusedWorks() ? digests('fast') : null })
`

/** Starts the program with the page's address as its last argument; `profile` is an empty folder for its state. */
export type Start = (profile: string, address: string) => readonly [program: string, ...args: string[]]

/** Milliseconds that a browser gets. */
const patience = 120_000

/** Ends a browser, which is a whole group of processes; one that has ended is no problem. */
const end = ({ pid }: ChildProcess): void => {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // it was gone
  }
}

/** The digests that a browser computes. Rejects when the page fails, the browser ends or nothing comes; it never outlives this process. */
export const inBrowser = async (start: Start): Promise<Posted> => {
  const profile = mkdtempSync(join(tmpdir(), 'engram-browser-'))
  const child: { process?: ChildProcess; limit?: NodeJS.Timeout } = {}
  const server = createServer()
  const clear = (): void => {
    if (child.process !== undefined) end(child.process)
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
  const stop = (): void => {
    clear()
    process.exit(1)
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    return await new Promise<Posted>((done, failed) => {
      child.limit = setTimeout(() => failed(new Error(`nothing came within ${patience / 1000} s`)), patience)
      server.on('request', (request, response) => {
        const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname)
        if (request.method === 'POST') {
          let body = ''
          request.on('data', (data) => (body += String(data)))
          request.on('end', () => {
            response.end()
            if (path === '/posted') done(JSON.parse(body))
            else failed(new Error(body))
          })
        } else if (path === '/') response.setHeader('content-type', 'text/html').end(page)
        else if (path === '/worker.js') response.setHeader('content-type', 'text/javascript').end(worker)
        else if (path.startsWith('/dist/') && path.endsWith('.js') && existsSync(`.${path}`))
          createReadStream(`.${path}`).pipe(response.setHeader('content-type', 'text/javascript'))
        else response.writeHead(404).end()
      })
      server.listen(0, '127.0.0.1', () => {
        const at = server.address()
        const port = typeof at === 'object' && at !== null ? at.port : 0
        const [program, ...args] = start(profile, `http://127.0.0.1:${port}/`)
        child.process = spawn(program, args, { stdio: 'ignore', detached: true })
        child.process.on('error', failed)
        child.process.on('exit', (code, signal) =>
          failed(new Error(`it ended early, ${signal ?? `exit code ${code}`}`)),
        )
      })
    })
  } finally {
    clearTimeout(child.limit)
    server.closeAllConnections()
    server.close()
    process.off('SIGINT', stop).off('SIGTERM', stop)
    clear()
  }
}

import { isMainThread, parentPort, Worker } from 'node:worker_threads'

/** What a thread can be asked to do, by name; each gives a number. */
export type Jobs = Readonly<Record<string, () => number>>

/** In a worker thread: answers each name with what that job gives. In the main thread: false, and nothing happens. */
export const answering = (jobs: Jobs): boolean => {
  parentPort?.on('message', (name: string) => parentPort?.postMessage(jobs[name]?.()))
  return !isMainThread
}

/** A second thread that runs the same script. */
export interface Helper {
  /** Asks it to do a job; the number that the job gives. */
  readonly ask: (name: string) => Promise<number>
  readonly stop: () => Promise<unknown>
}

/** Node 20 does not load TypeScript in threads by itself, even where the main thread does. */
const loader = `import('tsx/esm/api').then((tsx) => tsx.tsImport(process.env.SCRIPT, 'file:///'))`

/** Starts the script at `url` in a thread, with this thread's arguments. */
export const helper = (url: string): Helper => {
  const worker = new Worker(loader, { eval: true, argv: process.argv.slice(2), env: { ...process.env, SCRIPT: url } })
  const failed = new Promise<never>((_, reject) => worker.once('error', reject))
  failed.catch(() => undefined)
  return {
    ask: (name) => {
      const answer = new Promise<number>((resolve) => worker.once('message', resolve))
      worker.postMessage(name)
      return Promise.race([answer, failed])
    },
    stop: () => worker.terminate(),
  }
}

/** Milliseconds of a job alone, and of the slower of two threads that do it at the same time; round by round. */
export const aloneAndTogether = async (
  jobs: Jobs,
  other: Helper,
  rounds: number,
): Promise<ReadonlyMap<string, { readonly one: readonly number[]; readonly two: readonly number[] }>> => {
  const times = new Map(Object.keys(jobs).map((name) => [name, { one: new Array<number>(), two: new Array<number>() }]))
  for (const name of times.keys()) await other.ask(name)
  for (let round = 0; round < rounds; round++)
    for (const [name, { one, two }] of times) {
      one.push(jobs[name]?.() ?? Number.NaN)
      const answer = other.ask(name)
      const own = jobs[name]?.() ?? Number.NaN
      two.push(Math.max(own, await answer))
    }
  return times
}

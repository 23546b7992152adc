import { type Command, type Contender, contender } from './contender.js'
import { line } from './report.js'
import { type Length, type Times, timesOf } from './rounds.js'
import { type Task, tasks } from './tasks.js'

/** A library at a task: how it differs, its steps in a round, and its times. */
interface Entry {
  readonly peer: Contender
  readonly differs: string
  readonly version: string
  /** Steps of a round, and every how many rounds it is asked: what takes seconds is asked less. */
  readonly steps: number
  readonly every: number
  readonly losses: readonly number[]
  readonly times: number[]
}

/** Relative difference of losses that counts as the same step: f32 and f64, other orders of sums. */
const tolerance = 0.01

const prepared = async (task: Task, peer: Contender, set: Length): Promise<Entry | string> => {
  const ready = await peer.setup(task)
  if ('cannot' in ready) return ready.cannot
  const first = await peer.steps(task, 1)
  const second = await peer.steps(task, 1)
  const third = await peer.steps(task, 1)
  const losses = [first, second, third].map(({ loss }) => loss)
  const count = (each: number): number => Math.max(1, Math.min(2000, Math.round(set.milliseconds / each)))
  let steps = count(third.milliseconds)
  for (let spent = 0; steps > 1 && spent < 10 * set.milliseconds; ) {
    const { milliseconds } = await peer.steps(task, steps)
    spent += milliseconds * steps
    steps = count(milliseconds)
  }
  const every = Math.min(Math.ceil(set.rounds / 3), Math.ceil(third.milliseconds / (10 * set.milliseconds)))
  return { peer, ...ready, losses, steps, every: Math.max(1, every), times: [] }
}

/** Figures of one task: a row for each process, the first is what the others are compared with. */
export interface Compared {
  readonly name: string
  readonly title: string
  readonly rows: readonly {
    readonly name: string
    readonly version: string
    /** What it does otherwise. */
    readonly differs: string
    readonly rounds: number
    readonly times: Times
    readonly ratio: number
  }[]
  readonly absent: readonly { readonly name: string; readonly cannot: string }[]
}

const compareAt = async (task: Task, peers: readonly Contender[], set: Length): Promise<Compared> => {
  console.log(`\n${task.name}  ${task.title}`)
  const entries: Entry[] = []
  const absent: { readonly name: string; readonly cannot: string }[] = []
  for (const peer of peers) {
    const made = await prepared(task, peer, set)
    if (typeof made === 'string') absent.push({ name: peer.name, cannot: made })
    else entries.push(made)
  }
  const expected = entries[0]?.losses ?? []
  for (const { peer, losses, differs } of entries)
    if (differs === '' && losses.some((loss, i) => !(Math.abs(loss / (expected[i] ?? 0) - 1) < tolerance)))
      throw new Error(`${peer.name} has other losses at ${task.name}: ${losses.join(', ')}, not ${expected.join(', ')}`)
  for (let round = 0; round < set.rounds; round++)
    for (const { peer, steps, every, times } of entries)
      if (round % every === 0) times.push((await peer.steps(task, steps)).milliseconds)
  const first = timesOf(entries[0]?.times ?? [])
  const rows = entries.map(({ peer, differs, version, times }) => {
    const each = timesOf(times)
    const ratio = each.median / first.median
    console.log(line(peer.name, each, `${ratio.toPrecision(3)} x`, differs))
    return { name: peer.name, version, differs, rounds: times.length, times: each, ratio }
  })
  for (const { name, cannot } of absent) console.log(`${name.padEnd(44)} ${cannot}`)
  return { name: task.name, title: task.title, rows, absent }
}

/** Runs all tasks in a process per command, which are asked in turn, round by round. Throws when losses do not agree. */
export const compare = async (commands: readonly Command[], set: Length): Promise<readonly Compared[]> => {
  const peers = commands.map(contender)
  const figures: Compared[] = []
  for (const task of Object.values(tasks)) figures.push(await compareAt(task, peers, set))
  for (const peer of peers) peer.stop()
  return figures
}

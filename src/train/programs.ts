/** Steps compiled once for each set of batches that are present, with the arrays that feed them. */
import { compile, type Program } from '../compile/program.js'
import { type BatchFeed, batchFeed, feedNames } from './batch.js'
import { type Work, workOf } from './ledger.js'
import { keyInput } from './passes.js'
import { feedInput } from './scope.js'
import { stage } from './stage.js'
import type { Member, Request, Staged } from './staged.js'
import type { Place, World } from './world.js'

/** A compiled step. */
export interface Prepared {
  /** Null: nothing is computed. */
  readonly program: Program | null
  /** What it was compiled from. */
  readonly staged: Staged
  /** Counted work of one run. */
  readonly work: Work
  /** The incoming batch; null asleep. */
  readonly incoming: BatchFeed | null
  /** Batches of the draws that are present, by `strategy/draw`. */
  readonly drawn: ReadonlyMap<string, BatchFeed>
  /** Arrays given to the program at each run, by input. */
  readonly inputs: Record<string, number | ArrayLike<number>>
  /** Where the draws of its training passes come from, written before each run; null: it has none. */
  readonly drawKey: Int32Array | null
  /** Feeds that the program reads. */
  readonly feeds: readonly { readonly member: Member; readonly name: string; readonly input: string }[]
  readonly terms: readonly string[]
  /** Output names of the terms. */
  readonly termOutputs: readonly string[]
  /** All emits, as [strategy, name]. */
  readonly emits: readonly (readonly [string, string])[]
  /** Those that are scalars, with their outputs. */
  readonly scalars: readonly { readonly name: string; readonly output: string }[]
  /** Whether the step has an incoming loss. */
  readonly hasLoss: boolean
}

/** Name of the output of an emit. */
export const emitOutput = (strategy: string, name: string): string => `emit/${strategy}/${name}`

/** Stages and compiles a step at a place. */
export const prepare = (w: World, place: Place, request: Request): Prepared => {
  const staged = stage(w, place, request)
  const idle = Object.keys(staged.updates).length === 0 && Object.keys(staged.outputs).length === 0
  const program = idle ? null : compile({ updates: staged.updates, outputs: staged.outputs }, w.store)
  const incoming = request.wake ? batchFeed(w.batch) : null
  const drawn = new Map([...request.present].map(([id, n]) => [id, batchFeed(n)]))
  const all: Record<string, ArrayLike<number>> = incoming === null ? {} : { ...feedNames('batch', incoming) }
  for (const [id, feed] of drawn) Object.assign(all, feedNames(`draw/${id}`, feed))
  const drawKey = staged.inputs.has(keyInput) ? new Int32Array(2) : null
  if (drawKey !== null) all[keyInput] = drawKey
  const inputs = Object.fromEntries(Object.entries(all).filter(([name]) => staged.inputs.has(name)))
  const feeds = request.members.flatMap((member) =>
    Object.keys(member.strategy.feeds ?? {})
      .map((name) => ({ member, name, input: feedInput(member.strategy.name, name) }))
      .filter((f) => staged.inputs.has(f.input)),
  )
  return {
    program,
    staged,
    work: workOf(program),
    incoming,
    drawn,
    inputs,
    drawKey,
    feeds,
    terms: staged.terms,
    termOutputs: staged.terms.map((t) => `term/${t}`),
    emits: staged.emits,
    scalars: staged.emits.flatMap(([strategy, name]) => {
      const output = emitOutput(strategy, name)
      return staged.outputs[output]?.shape.length === 0 ? [{ name, output }] : []
    }),
    hasLoss: staged.outputs.loss !== undefined,
  }
}

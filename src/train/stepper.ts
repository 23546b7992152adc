/**
 * Runs steps of one kind, awake or asleep: draws → program → keep → observe. It lives as long as nothing static changes: for one
 * experience, or for the whole run when no strategy sees boundaries.
 */
import { folded, type Key, named } from '../random/key.js'
import type { AnyAt, AnyDraw, AnyRows, AnySeen } from '../strategy/anyStrategy.js'
import { fill } from './batch.js'
import type { When } from './finding.js'
import { inHook } from './inHook.js'
import { admit, noRows, type Offered, offeredRows } from './keep.js'
import { count, type Ledger } from './ledger.js'
import { emitOutput, type Prepared, prepare } from './programs.js'
import { rowsFor, type Source } from './source.js'
import type { Member, Request } from './staged.js'
import { dimsFor, type Place, type World } from './world.js'

/** When a step happens. */
export interface Moment {
  /** Steps done since the run began, or since the phase began. */
  readonly index: number
  /** Steps done since the last boundary, or since the phase began. */
  readonly since: number
  /** How often the phase ran before; 0 awake. */
  readonly occurrence: number
}

/** What one step told. Valid until the next step. */
export interface Told {
  readonly prepared: Prepared
  /** The scenario's loss; NaN when there is none. */
  loss: number
  /** Values of `prepared.terms`. */
  readonly terms: Float64Array
  /** Values of `prepared.scalars`. */
  readonly scalars: Float64Array
  /** Multiply-accumulates that strategies spent on the host. */
  hostMacs: number
}

interface Drawing {
  readonly member: Member
  readonly id: string
  /** What errors call it. */
  readonly hook: string
  readonly draw: AnyDraw
  readonly source: Source
  readonly key: Key
  readonly n: number
  picked: Int32Array
}

/** See above. */
export interface Stepper {
  /** Multiply-accumulates of the step as it would be at this moment. */
  readonly cost: (moment: Moment) => number
  /** Does one step; awake, with the first `size` slots of `incoming`. */
  readonly run: (moment: Moment, incoming?: Int32Array, size?: number) => Told
  /** Labels of the rows that each draw picked in the last step. */
  readonly drawnLabels: () => readonly { readonly draw: string; readonly source: string; readonly labels: Int32Array }[]
  /** Gives the memory of its programs back. */
  readonly dispose: () => void
}

/** The name that keys of a step's hooks carry. */
const scopeKey = (w: World, m: Member, phase: string | undefined): Key => {
  const own = named(w.key, `strategy/${m.strategy.name}`)
  return phase === undefined ? own : named(own, `phase/${phase}`)
}

/** A stepper for these members; `phase`: its name, asleep. */
export const createStepper = (
  w: World,
  place: Place,
  ledger: Ledger,
  kind: Omit<Request, 'present'> & { readonly phase?: string },
): Stepper => {
  const drawings = kind.members.flatMap((member): readonly Drawing[] => {
    const { name } = member.strategy
    const dims = dimsFor(w, place, member.strategy)
    return Object.entries(member.step.draws ?? {}).flatMap(([draw, d]) => {
      if (d === undefined) return []
      const source = d.from === 'experience' ? w.experience : w.buffers.get(`${name}/${d.from}`)
      if (source === undefined) throw new Error(`strategy '${name}', draw '${draw}': no source '${d.from}'`)
      const { rows } = d
      const n = typeof rows === 'number' ? rows : inHook(name, `draws.${draw}.rows`, () => rows(dims))
      const key = named(scopeKey(w, member, kind.phase), `draw/${draw}`)
      return [
        {
          member,
          id: `${name}/${draw}`,
          hook: `draws.${draw}.pick`,
          draw: d,
          source,
          key,
          n,
          picked: new Int32Array(0),
        },
      ]
    })
  })
  const keeps = kind.members.filter((m) => m.step.keep !== undefined)
  const observers = kind.members.filter(
    ({ step }) => step.observe !== undefined || step.accumulate !== undefined || step.hostMacs !== undefined,
  )
  const variants = new Map<number, { readonly prepared: Prepared; readonly told: Told }>()

  const at = (m: Member, key: Key, moment: Moment): AnyAt => {
    const { strategy } = m
    const buffers: Record<string, AnyRows> = {}
    for (const name of Object.keys(strategy.buffers ?? {})) {
      const source = w.buffers.get(`${strategy.name}/${name}`)
      if (source !== undefined) buffers[name] = rowsFor(source, strategy)
    }
    const told = {
      host: place.host.get(strategy.name) ?? null,
      key: kind.wake ? key : folded(key, moment.occurrence),
      index: moment.index,
      buffers,
      statistics: place.statistics.get(strategy.name) ?? {},
    }
    return strategy.rights.boundary === true ? { ...told, experience: place.experience, since: moment.since } : told
  }

  const pick = (moment: Moment) => {
    let mask = 0
    let bit = 1
    for (let i = 0; i < drawings.length; i++) {
      const d = drawings[i]!
      d.picked =
        d.source.size === 0
          ? new Int32Array(0)
          : inHook(d.member.strategy.name, d.hook, () =>
              d.draw.pick(rowsFor(d.source, d.member.strategy), at(d.member, d.key, moment)),
            )
      checkPicked(d)
      if (d.picked.length > 0) mask += bit
      bit *= 2
    }
    let found = variants.get(mask)
    if (found === undefined) {
      const present = new Map(drawings.filter((d) => d.picked.length > 0).map((d) => [d.id, d.n]))
      const prepared = prepare(w, place, { ...kind, present })
      const told: Told = {
        prepared,
        loss: Number.NaN,
        terms: new Float64Array(prepared.terms.length),
        scalars: new Float64Array(prepared.scalars.length),
        hostMacs: 0,
      }
      found = { prepared, told }
      variants.set(mask, found)
    }
    return found
  }

  /** The batch that `from` names: where its rows come from, how they were fed, and how many are real. */
  const batchOf = (m: Member, prepared: Prepared, from: PropertyKey, size: number): Offered | undefined => {
    if (from === 'batch')
      return prepared.incoming === null ? undefined : { source: w.experience, feed: prepared.incoming, size }
    const id = `${m.strategy.name}/${String(from)}`
    const feed = prepared.drawn.get(id)
    const drawing = drawings.find((d) => d.id === id)
    return feed === undefined || drawing === undefined
      ? undefined
      : { source: drawing.source, feed, size: drawing.picked.length }
  }

  const keepRows = (m: Member, prepared: Prepared, moment: Moment, size: number): void => {
    for (const [name, keep] of Object.entries(m.step.keep ?? {})) {
      const buffer = w.buffers.get(`${m.strategy.name}/${name}`)
      const offered = keep === undefined ? undefined : batchOf(m, prepared, keep.from, size)
      if (keep === undefined || buffer === undefined || offered === undefined) continue
      const own = { ...rowsFor(buffer, m.strategy), capacity: buffer.capacity, seenOf: [...buffer.seenOf] }
      const incoming = offeredRows(offered, m.strategy.rights)
      const when = at(m, named(scopeKey(w, m, kind.phase), `keep/${name}`), moment)
      const writes = inHook(m.strategy.name, `keep.${name}.admit`, () => keep.admit(own, incoming, when))
      admit(w, buffer, offered, writes, prepared.program)
    }
  }

  const seenBy = (m: Member, { prepared }: Told, moment: Moment, size: number): AnySeen => {
    const rowsOf = (from: string): AnyRows | undefined => {
      const offered = batchOf(m, prepared, from, size)
      return offered === undefined ? undefined : offeredRows(offered, m.strategy.rights)
    }
    const { program, emits } = prepared
    const own = emits.filter(([strategy]) => strategy === m.strategy.name)
    return {
      ...at(m, named(scopeKey(w, m, kind.phase), 'observe'), moment),
      incoming: rowsOf('batch') ?? noRows,
      drawn: Object.fromEntries(Object.keys(m.step.draws ?? {}).map((draw) => [draw, rowsOf(draw)])),
      emits: Object.fromEntries(own.map(([strategy, name]) => [name, program?.output(emitOutput(strategy, name))])),
    }
  }

  /** The host's part after a step; returns the multiply-accumulates that it spent. */
  const observe = (m: Member, told: Told, moment: Moment, size: number): number => {
    const { name } = m.strategy
    const seen = seenBy(m, told, moment, size)
    if (m.step.accumulate !== undefined)
      inHook(name, 'accumulate', () => m.step.accumulate?.(place.statistics.get(name) ?? {}, seen))
    // after it: what was spent may depend on what was found, as in an iteration that ends when it has converged
    const spent = inHook(name, 'hostMacs', () => m.step.hostMacs?.(seen) ?? 0)
    if (m.step.observe !== undefined)
      place.host.set(
        name,
        inHook(name, 'observe', () => m.step.observe?.(place.host.get(name), seen)),
      )
    return spent
  }

  /** A key for the draws of each step's training passes: no other draw has it, whatever the method. */
  const passKey = ({ index, occurrence }: Moment): Key => {
    const root = named(w.key, 'network')
    const name = kind.members[0]?.strategy.name ?? ''
    return kind.phase === undefined
      ? folded(named(root, 'wake'), index)
      : folded(folded(named(root, `${name}/${kind.phase}`), occurrence), index)
  }

  const whenOf = ({ since }: Moment): When => {
    const strategy = kind.members[0]?.strategy.name ?? ''
    const during = kind.phase === undefined ? 'train' : `${strategy}/${kind.phase}`
    return { experience: place.current, during, step: since }
  }

  return {
    cost: (moment) => pick(moment).prepared.work.macs,
    run: (moment, incoming, size = incoming?.length ?? 0) => {
      const { prepared, told } = pick(moment)
      told.hostMacs = 0
      if (prepared.incoming !== null && incoming !== undefined) fill(prepared.incoming, w.experience, incoming, size)
      for (const d of drawings) {
        const feed = prepared.drawn.get(d.id)
        if (feed === undefined) continue
        fill(feed, d.source, d.picked, d.picked.length)
        count(ledger.rowsRead, d.source.name, d.picked.length)
      }
      for (const f of prepared.feeds) {
        const key = named(scopeKey(w, f.member, kind.phase), `feed/${f.name}`)
        const { name, feeds } = f.member.strategy
        const here = at(f.member, key, moment)
        const value = inHook(name, `feeds.${f.name}`, () => feeds?.[f.name]?.from(here))
        if (value !== undefined) prepared.inputs[f.input] = value
        told.hostMacs += inHook(name, `feeds.${f.name}.macs`, () => feeds?.[f.name]?.macs?.(here) ?? 0)
      }
      const { program, drawKey } = prepared
      if (drawKey !== null) {
        const { a, b } = passKey(moment)
        drawKey[0] = a
        drawKey[1] = b
      }
      if (program !== null) {
        if (w.watch === undefined) program.run(prepared.inputs)
        else w.watch.step(prepared.staged, program, prepared.inputs, whenOf(moment))
        if (prepared.hasLoss) told.loss = program.scalar('loss')
        for (let i = 0; i < told.terms.length; i++) told.terms[i] = program.scalar(prepared.termOutputs[i]!)
        for (let i = 0; i < told.scalars.length; i++) told.scalars[i] = program.scalar(prepared.scalars[i]!.output)
      }
      for (const m of keeps) keepRows(m, prepared, moment, size)
      for (const m of observers) told.hostMacs += observe(m, told, moment, size)
      return told
    },
    drawnLabels: () =>
      drawings
        .filter((d) => d.picked.length > 0)
        .map((d) => ({
          draw: d.id,
          source: d.source.name,
          labels: Int32Array.from(d.picked, (slot) => d.source.labels[slot]!),
        })),
    dispose: () => {
      for (const { prepared } of variants.values()) prepared.program?.dispose()
      variants.clear()
    },
  }
}

const checkPicked = ({ id, picked, n, source }: Drawing): void => {
  if (picked.length > n) throw new Error(`draw '${id}' picked ${picked.length} rows, it has room for ${n}`)
  for (let i = 0; i < picked.length; i++) {
    const slot = picked[i]!
    if (slot < 0 || slot >= source.size)
      throw new Error(`draw '${id}' picked slot ${slot} of '${source.name}', which holds ${source.size} rows`)
  }
}

/** Accuracy on the test rows of a context. Measuring changes no bit of what is measured. */
import { compile, type Program } from '../compile/program.js'
import type { Expr } from '../graph/expr.js'
import { block, div, input, rows } from '../graph/ops.js'
import type { AnyPredictContext, AnyStrategy } from '../strategy/anyStrategy.js'
import type { Context, LabelledRows } from '../stream/stream.js'
import { handedToPredict, leavesOf, refuseForged } from './handed.js'
import { inHook } from './inHook.js'
import { evaluatingNetwork } from './passes.js'
import { hostWork, type Ledger, spend, type Work, workOf } from './ledger.js'
import { type QueryFeeds, queryFeeds } from './queryFeeds.js'
import { feedExprs } from './scope.js'
import type { Part } from './staged.js'
import { tensorExprs } from './tensors.js'
import { dimsFor, type Place, seesBoundaries, type World } from './world.js'

const capacity = 500
const table = 'evaluate/x'
const slotsInput = 'slots'
const contextsInput = 'contexts'

/** Fractions of the test rows of a context that are classified rightly. */
export interface Measured {
  /** As the scenario asks. */
  readonly accuracy: number
  /** When only the outputs of the context itself compete. */
  readonly withinContext: number
}

/** See above. */
export interface Evaluator {
  /** One measurement of these contexts; undefined when a score is not finite. */
  readonly measure: (contexts: readonly number[]) => readonly Measured[] | undefined
}

interface Compiled {
  readonly program: Program
  readonly work: Work
  readonly scores: Expr
  readonly experience: number
  readonly current: number
  readonly readsSlots: boolean
  /** Only where `predict` was handed contexts. */
  readonly readsContexts: boolean
  /** Names of all leaves that are read. */
  readonly read: ReadonlySet<unknown>
}

/** Index of the largest allowed score of row `i`, the first of equals; -1 when one is not finite. */
const largest = (scores: Float32Array, i: number, outputs: number, allowed: readonly number[]): number => {
  let best = -1
  for (const k of allowed) {
    const score = scores[i * outputs + k]!
    if (!Number.isFinite(score)) return -1
    if (best < 0 || score > scores[i * outputs + best]!) best = k
  }
  return best
}

/** The strategy that predicts in place of the network. */
export const predictorOf = (w: Pick<World, 'method'>): AnyStrategy | undefined =>
  w.method.find((s) => s.predict !== undefined)

/** Rows to be scored: `x` [n, inputs], their `context` [n] of i32. */
interface Scored {
  readonly x: Expr
  readonly context: Expr
}

const testRows = (w: World): Scored => ({
  x: div(rows(block(table, [capacity, w.inputs], 'u8'), input(slotsInput, [capacity], 'i32')), w.scale),
  context: input(contextsInput, [capacity], 'i32'),
})

/**
 * Scores [n, outputs] of rows, the 500 test rows in the table when none are given: `predict` of the strategy that has one, else the
 * network's logits. Throws when `predict` reads what it was not handed.
 */
export const scoresOf = (w: World, place: Place, { x, context }: Scored = testRows(w)): Expr => {
  const params = block('params', [w.network.layout.size])
  const predictor = predictorOf(w)
  const { network, leaves } = evaluatingNetwork(w)
  if (predictor === undefined) return network.apply(params, x).logits
  const seen: AnyPredictContext = {
    network,
    params,
    tensors: tensorExprs(w, place, predictor),
    feeds: feedExprs(w, place, predictor),
    dims: dimsFor(w, place, predictor),
    x,
    ...(predictor.rights.testContext === true ? { context } : {}),
  }
  const scores = inHook(predictor.name, 'predict', () => predictor.predict?.(seen))
  if (scores === undefined) throw new Error(`strategy '${predictor.name}', hook 'predict': no scores`)
  refuseForged(predictor.name, 'predict', [scores], handedToPredict(seen), new Set(leaves))
  return scores
}

/** Whose the scores are. */
const partsOf = (w: World, scores: Expr): readonly Part[] => {
  const predictor = predictorOf(w)
  const name = predictor === undefined ? 'the network' : `strategy '${predictor.name}', hook 'predict'`
  return [{ name, roots: [scores] }]
}

/**
 * An evaluator of the method as it stands: `predict` of the strategy that has one, else the network. `revealed`: the contexts of
 * test rows are known, so that only a context's own outputs compete.
 */
export const createEvaluator = (
  w: World,
  place: Place,
  ledger: Ledger,
  contexts: readonly Context[],
  revealed: boolean,
): Evaluator => {
  w.store.block(table, [capacity, w.inputs], 'u8')
  const everyOutput = Array.from({ length: w.outputs }, (_, k) => k)
  const slots = Int32Array.from({ length: capacity }, (_, i) => i)
  const held = new Map<number, LabelledRows>()
  let compiled: Compiled | undefined

  const programNow = (): Compiled => {
    const here = compiled?.experience === place.experience && compiled.current === place.current
    if (compiled !== undefined && (here || !seesBoundaries(w))) return compiled
    compiled?.program.dispose()
    const scores = scoresOf(w, place)
    const read = new Set(leavesOf([scores]).map((leaf) => leaf.attrs.name))
    const program = compile({ updates: {}, outputs: { scores } }, w.store)
    compiled = {
      program,
      work: workOf(program),
      scores,
      experience: place.experience,
      current: place.current,
      readsSlots: read.has(slotsInput),
      readsContexts: read.has(contextsInput),
      read,
    }
    return compiled
  }

  const measureOne = (index: number, feeds: QueryFeeds['values']): Measured | undefined => {
    const context = contexts[index]
    if (context === undefined) throw new Error(`evaluate: no context ${index} of ${contexts.length}`)
    const test = held.get(index) ?? context.test()
    held.set(index, test)
    const allowed = revealed ? context.active : everyOutput
    const { program, work, scores: expression, readsSlots, readsContexts } = programNow()
    let right = 0
    let rightWithin = 0
    for (let from = 0; from < test.size; from += capacity) {
      const n = Math.min(capacity, test.size - from)
      w.store.write(table, test.pixels.subarray(from * w.inputs, (from + n) * w.inputs))
      const inputs = {
        ...feeds,
        ...(readsSlots ? { [slotsInput]: slots } : {}),
        ...(readsContexts ? { [contextsInput]: new Int32Array(capacity).fill(index) } : {}),
      }
      program.run(inputs)
      spend(ledger.evaluation, work)
      const scores = program.output('scores')
      for (let i = 0; i < n; i++) {
        const best = largest(scores, i, w.outputs, allowed)
        if (best < 0) {
          const during = place.experience > place.current ? 'evaluate' : 'measure'
          const when = { experience: place.current, during, step: null }
          w.watch?.scores(expression, partsOf(w, expression), inputs, when)
          return undefined
        }
        if (best === test.labels[from + i]) right++
        if (largest(scores, i, w.outputs, context.own) === test.labels[from + i]) rightWithin++
      }
    }
    return { accuracy: right / test.size, withinContext: rightWithin / test.size }
  }

  return {
    measure: (asked) => {
      const { values: feeds, macs } = queryFeeds(w, place, predictorOf(w), programNow().read)
      spend(ledger.evaluation, hostWork(macs))
      const found: Measured[] = []
      for (const index of asked) {
        const measured = measureOne(index, feeds)
        if (measured === undefined) return undefined
        found.push(measured)
      }
      return found
    },
  }
}

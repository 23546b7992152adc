/**
 * Incremental classifier and representation learning: every output is a yes-or-no question, past outputs are taught by a copy of the
 * network from before the experience, the rows held are learned together with the new ones, and a row belongs to the class whose rows have
 * the nearest mean of features. Rows are held in the order of herding, so that a class keeps its best ones when its share shrinks.
 *
 * Buzzega et al. 2020 (their code when its figures were published): quota shared, reduction mean, temperature 1, normalise off, means
 * exact, rehearsed truncated. Later versions of that code have means halved with chunk 10, and rehearse rows as stored.
 * In task-incremental streams too all outputs so far are asked; those of a row's own context compete at test alone.
 * van de Ven, Tuytelaars & Tolias 2022 (theirs): quota fixed with perClass 100, reduction sum, temperature 2, normalise on, means exact.
 */
import type { Expr } from '../graph/expr.js'
import {
  add,
  broadcast,
  column,
  div,
  dot,
  maximum,
  mul,
  neg,
  oneHot,
  selectGreater,
  sigmoid,
  sqrt,
  square,
  stop,
  sub,
  sum,
} from '../graph/ops.js'
import { meanShares } from '../memory/meanShares.js'
import { inactiveLogit } from '../nn/loss.js'
import { binaryCrossEntropy } from '../nn/losses/binaryCrossEntropy.js'
import { between, host, type Icarl, type IcarlOptions, icarlOptions, nothing, rememberRows } from './icarlMemory.js'
import { outputMask } from './outputMask.js'
import { plugin } from './plugin.js'
import type { Dims, Incoming, Rowed, Scope } from './scope.js'
import type { Facts, Phase, Strategy } from './strategy.js'
import { tooSmall } from './tooSmall.js'

/** Rows of length 1; a row of zeros stays. */
const unit = (x: Expr): Expr => div(x, column(maximum(sqrt(sum(square(x), 1)), 1e-12)))

/** The rows of a batch, those with a past label truncated: a pixel of 1 becomes 1/255, any other 0. */
const truncated = ({ past, outputs }: Dims<Icarl>, { x, y }: Rowed): Expr => {
  const held = sum(mul(oneHot(y, outputs), broadcast(outputMask(past, outputs), [x.shape[0] ?? 0, outputs])), 1)
  const nearBlack = selectGreater(1, x, 0, 1 / 255)
  return selectGreater(broadcast(column(held), x.shape), 0.5, nearBlack, x)
}

/** Mean over rows of the yes-or-no losses of all outputs so far: past ones are asked what the old network says, the others for the label. */
const loss = (o: IcarlOptions, c: Scope<Icarl> & Incoming<Icarl>): Expr => {
  const { outputs, past, present } = c.dims
  const shape = c.output.logits.shape
  const among = (listed: readonly number[]): Expr => broadcast(outputMask(listed, outputs), shape)
  const soFar = new Set([...past, ...present])
  const cut = o.rehearsed === 'truncated' && past.length > 0
  const x = cut ? truncated(c.dims, c.batch) : c.batch.x
  const own = cut ? c.network.apply(c.params, x).logits : c.output.logits
  const logits = selectGreater(among([...soFar]), 0.5, own, inactiveLogit)
  const labels = oneHot(c.batch.y, outputs)
  const taught = (): Expr => sigmoid(div(c.network.apply(c.tensors.old, x).logits, o.temperature))
  const target = past.length === 0 ? labels : selectGreater(among(past), 0.5, taught(), labels)
  // an inactive logit with target 0 adds exactly 0 to the sum
  const losses = binaryCrossEntropy(logits, stop(target), 'sum')
  return c.mean(o.reduction === 'sum' ? losses : div(losses, soFar.size), c.batch)
}

/** Means of the features of the rows held, by the network as it is. */
const means = (o: IcarlOptions): Phase<Icarl> => ({
  name: 'means',
  when: { on: 'query' },
  fresh: ['means', 'held'],
  steps: ({ memory }) => Math.ceil(memory / o.batch),
  draws: {
    stored: {
      from: 'memory',
      rows: o.batch,
      pick: (from, { index }) => between(index * o.batch, Math.min((index + 1) * o.batch, from.size)),
    },
  },
  commit: (c) => {
    const rows = c.batches.stored
    if (rows === undefined) return {}
    const found = c.network.apply(c.params, rows.x).features
    const shares = mul(oneHot(rows.y, c.dims.outputs), column(c.feeds.shares))
    return {
      tensors: {
        means: add(c.tensors.means, dot(shares, o.normalise === 'on' ? unit(found) : found, { ta: true })),
        held: add(c.tensors.held, sum(shares, 0)),
      },
    }
  },
})

const recurring =
  "'icarl': an output that occurs in a later experience again is taught by the old network alone, so that nothing new is learned of it; " +
  'experiences with outputs of their own'

const refuse = (o: IcarlOptions, facts: Facts): readonly string[] => {
  const needed = o.perClass * facts.outputs
  const small =
    o.quota === 'fixed' && o.capacity < needed
      ? [
          `'icarl' (capacity ${o.capacity}, perClass ${o.perClass}): fewer rows than ${facts.outputs} outputs may have; ${needed} or more`,
        ]
      : tooSmall('icarl', o.capacity, facts)
  return [
    ...small,
    ...(facts.kind === 'domain' || facts.experiences > facts.contexts || facts.cumulative === true ? [recurring] : []),
  ]
}

/**
 * Incremental classifier and representation learning as a strategy. Before the first boundary no rows are held, and the network's own logits
 * are the scores; after it, outputs without a row held (those of the experience that is being learned) have the lowest of all scores. The
 * copy of the network is one of its parameters: what a network keeps beside them is not copied.
 */
export const icarl = (o: IcarlOptions): Strategy<Icarl> => ({
  name: 'icarl',
  rights: { boundary: true, experience: true },
  tensors: {
    old: { shape: (d) => [d.experience === 0 ? 0 : d.layout.size], init: 'params' },
    means: { shape: (d) => [d.outputs, d.features], init: 0 },
    held: { shape: (d) => [d.outputs], init: 0 },
  },
  buffers: { memory: { capacity: o.capacity, columns: {} } },
  host: { codec: host, init: nothing },
  feeds: {
    shares: {
      shape: () => [o.batch],
      from: ({ buffers, index }) => {
        const own = meanShares(buffers.memory.labels, o.means === 'halved' ? o.chunk : undefined)
        const shares = new Float32Array(o.batch)
        shares.set(own.subarray(index * o.batch, (index + 1) * o.batch))
        return shares
      },
    },
  },
  merges: ['memory'],
  loss: (c) => loss(o, c),
  predict: (c) => {
    const { logits, features: own } = c.network.apply(c.params, c.x)
    if (c.dims.experience === 0) return logits
    const on = o.normalise === 'on'
    const [rows, centres] = [on ? unit(own) : own, on ? unit(c.tensors.means) : c.tensors.means]
    const twice = mul(2, dot(rows, centres, { tb: true }))
    const distances = add(sub(sum(square(centres), 1), twice), column(sum(square(rows), 1)))
    return selectGreater(broadcast(c.tensors.held, distances.shape), 0, neg(distances), inactiveLogit)
  },
  phases: [
    ...rememberRows(o),
    {
      name: 'remember',
      when: { on: 'boundary' },
      steps: 1,
      commit: ({ params }) => ({ tensors: { old: params } }),
    },
    means(o),
  ],
  refuse: (facts) => refuse(o, facts),
})

/** The plugin `icarl`. */
export const icarlPlugin = plugin({
  name: 'icarl',
  sources: [
    {
      paper: 'Rebuffi et al. 2017',
      equation: 'algorithms 1-5',
      variant: 'rows held are merged into the rows to learn; quota shared; features and their means of length 1',
    },
    {
      paper: 'Buzzega et al. 2020 (DER), code',
      equation: '-',
      variant:
        'reduction mean, temperature 1, normalise off, rehearsed truncated; later versions: as stored, means halved',
    },
    {
      paper: 'van de Ven, Tuytelaars & Tolias 2022, code',
      equation: '-',
      variant: 'quota fixed, reduction sum, temperature 2, normalise on, means exact',
    },
  ],
  options: icarlOptions,
  make: (o) => [icarl(o)],
})

import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadNpy } from '../../src/interchange/npy.js'
import { readSafetensors } from '../../src/interchange/readSafetensors.js'
import { loadSafetensors, savedLayout } from '../../src/interchange/weights.js'
import { digestOf } from '../../src/record/digest.js'
import { prepare, readBenchmark } from '../../src/shell/prepare.js'
import { buildStream } from '../../src/stream/build.js'
import { methodOf } from '../../src/train/methodOf.js'
import { networkOf } from '../../src/train/networkOf.js'
import { run } from '../../src/train/run.js'
import { emptyFolder, filesIn } from './engram.js'
import { inProcess } from './inProcess.js'

let cwd = ''
beforeEach(() => {
  cwd = emptyFolder()
})
afterEach(() => rmSync(cwd, { recursive: true }))

const exporting = (...args: readonly string[]) => inProcess(['export', 'split-digits-class', '--no-wide', ...args], cwd)

const short = ['--set', 'training.iterations=3', '--set', 'training.batch=8']

/** The network of the benchmark and the log of its first run of a method, by the function that `engram run` calls. */
const runOf = async (label: string) => {
  const read = await readBenchmark('split-digits-class', cwd, E.right)()
  if (E.isLeft(read)) throw new Error('no benchmark')
  const prepared = await prepare(read.right, cwd)()
  if (E.isLeft(prepared)) throw new Error('no data')
  const { benchmark, scenario, dataset, plugins } = prepared.right
  const seed = benchmark.seeds[0]!
  const stream = buildStream(scenario, dataset, seed)
  const entry = benchmark.methods.find((method) => method.label === label)
  if (E.isLeft(stream) || entry === undefined) throw new Error('no such run')
  const { model, optimiser, measure } = benchmark
  const training = { ...benchmark.training, iterations: 3, batch: 8 }
  const input = {
    model,
    optimiser,
    training,
    measure,
    seed,
    stream: stream.right,
    ...methodOf(entry.strategies, plugins),
  }
  return { network: networkOf(model, stream.right), log: run(input, () => undefined) }
}

describe('engram export', () => {
  it('writes what engram run learns, to the bit, in every format', async () => {
    const { network, log } = await runOf('naive')
    const layout = savedLayout(network)
    const sha256 = log.parameters?.sha256
    for (const file of ['deep/weights.safetensors', 'weights.npy', 'WEIGHTS.ONNX']) {
      const ended = await exporting('--only', 'naive', ...short, '--to', file)
      expect(ended, ended.err).toMatchObject({ code: 0, err: '' })
      expect(ended.out).toContain(`parameters ${sha256}`)
    }
    const file = readFileSync(join(cwd, 'deep/weights.safetensors'))
    const weights = loadSafetensors(file, layout)
    expect(E.isRight(weights) && digestOf(weights.right)).toBe(sha256)
    const vector = loadNpy(readFileSync(join(cwd, 'weights.npy')), layout)
    expect(E.isRight(vector) && digestOf(vector.right)).toBe(sha256)
    const read = readSafetensors(file)
    expect(E.isRight(read) && read.right.metadata).toMatchObject({
      benchmark: 'split-digits-class',
      label: 'naive',
      seed: '1',
      sha256,
      inputs: "rows of 64 pixels of 'digits', each divided by 16",
    })
    expect(filesIn(cwd)).toEqual(['WEIGHTS.ONNX', 'deep/weights.safetensors', 'weights.npy'])
  })

  it('writes the same bytes again, over the file that is there', async () => {
    await exporting('--only', 'naive', ...short, '--to', 'a.onnx')
    const first = readFileSync(join(cwd, 'a.onnx'))
    await exporting('--only', 'naive', ...short, '--to', 'a.onnx')
    expect(readFileSync(join(cwd, 'a.onnx')).equals(first)).toBe(true)
  })

  it('tells that a strategy predicts with tensors of its own, which a model has and weights have not', async () => {
    const weights = await exporting('--only', 'cls', ...short, '--to', 'a.npy')
    expect(weights.out).toContain("'cls' predicts in place of the network")
    const model = await exporting('--only', 'cls', ...short, '--to', 'a.onnx')
    expect(model.code).toBe(0)
    expect(model.out).not.toContain('predicts in place')
  })

  it('tells that a strategy learns before each measurement, which a model has and weights have not', async () => {
    const asked = [...short, '--set', 'methods.naive.strategies=[{"name":"gdumb","capacity":20,"passes":1}]']
    const weights = await exporting('--only', 'naive', ...asked, '--to', 'a.npy')
    expect(weights.out).toContain("'gdumb' learns before each measurement")
    const model = await exporting('--only', 'naive', ...asked, '--to', 'a.onnx')
    expect(model.code).toBe(0)
    expect(model.out).not.toContain('learns before')
  })

  it.each([
    ['an unknown format', ['--only', 'naive', '--to', 'a.pt'], "ends in one of .safetensors, .npy, .onnx, got '.pt'"],
    ['no format', ['--only', 'naive', '--to', 'weights'], "got ''"],
    ['no file', ['--only', 'naive'], "required option '--to <file>' not specified"],
    ['a folder in the place of the file', ['--only', 'naive', '--to', 'taken.npy'], 'there is a folder of that name'],
    [
      'a file in the place of a folder',
      ['--only', 'naive', '--to', 'taken.npy/file/a.npy'],
      'is a file where a folder must be',
    ],
    ['a link that leads to itself', ['--only', 'naive', '--to', 'taken.npy/loop/a.npy'], 'ELOOP'],
    ['a name longer than names can be', ['--only', 'naive', '--to', `${'a'.repeat(249)}.npy`], 'ENAMETOOLONG'],
    ['a folder that cannot be made', ['--only', 'naive', '--to', '/proc/nope/a.npy'], 'cannot write /proc/nope'],
    ['several methods', ['--to', 'a.npy'], 'expected the label of one method: naive,'],
    ['an unknown label', ['--only', 'naiv', '--to', 'a.npy'], "did you mean 'naive'?"],
    [
      'a seed that is not in the file',
      ['--only', 'naive', '--seed', '99', '--to', 'a.npy'],
      'expected a seed of the file (1',
    ],
    [
      'a seed that is no number',
      ['--only', 'naive', '--seed', 'x', '--to', 'a.npy'],
      'expected a whole number from 0 up',
    ],
    [
      'an unknown key',
      ['--only', 'naive', '--set', 'training.iteratoins=5', '--to', 'a.npy'],
      "did you mean 'iterations'?",
    ],
  ])('refuses %s, and writes nothing', async (_, args, message) => {
    mkdirSync(join(cwd, 'taken.npy'))
    writeFileSync(join(cwd, 'taken.npy/file'), '')
    symlinkSync('loop', join(cwd, 'taken.npy/loop'))
    const before = filesIn(cwd)
    const ended = await exporting(...args)
    expect(ended.code).toBe(2)
    expect(ended.err).toContain(message)
    expect(ended.out).toBe('')
    expect(filesIn(cwd)).toEqual(before)
  })

  it('writes nothing when a run diverges', async () => {
    const wild = ['--set', 'optimiser={"name":"sgd","rate":1e30}']
    const ended = await exporting('--only', 'naive', ...short, ...wild, '--to', 'a.npy')
    expect(ended.code).toBe(2)
    expect(ended.err).toContain('it diverged in experience 1; nothing is written')
    expect(filesIn(cwd)).toEqual([])
  })

  it('tells all that is wrong with the question at once', async () => {
    const ended = await exporting('--to', 'a.pt', '--set', 'training')
    expect(ended.err).toContain('path=value')
    expect(ended.err).toContain('.safetensors, .npy, .onnx')
  })
})

/**
 * The same training steps by this package and by others, one thread each: a process per library, asked in turn, round by round,
 * while the others sleep. Everybody starts from the same parameters and gets the same batches and labels, ready before the clock
 * starts; the losses must agree. `tsx benchmarks/speed/against.ts [--rounds n] [--milliseconds n] [--write]`, after
 * `npm ci --ignore-scripts` in `benchmarks/speed/peers`. PyTorch joins where `python3 -c 'import torch'` works (Debian: `python3-torch`).
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { compare } from './lib/compare.js'
import { type Command, script } from './lib/contender.js'
import { options } from './lib/options.js'
import { save } from './lib/report.js'

const set = options({ rounds: 11, milliseconds: 60 })
const folder = 'benchmarks/speed/peers'
if (!existsSync(`${folder}/node_modules`)) throw new Error(`first: npm ci --ignore-scripts, in ${folder}`)

const python = ['/usr/bin/python3', 'python3'].find((path) => spawnSync(path, ['-c', 'import torch']).status === 0)
const torch = (name: string, env: NonNullable<Command['env']>): readonly Command[] =>
  python === undefined
    ? []
    : [{ name, command: python, args: [`${folder}/torch_peer.py`], env: { ...env, OPENBLAS_NUM_THREADS: '1' } }]

/** OpenBLAS does not know every processor; it can be told whose kernels to use. */
const coretype = /\bavx512f\b/.test(readFileSync('/proc/cpuinfo', 'utf8')) ? 'SkylakeX' : 'Haswell'
const commands: readonly Command[] = [
  script('Engram', 'benchmarks/speed/ours.ts', '--mode', set.mode),
  ...torch(`PyTorch, OPENBLAS_CORETYPE=${coretype}`, { OPENBLAS_CORETYPE: coretype }),
  ...torch('PyTorch, as it comes', { OPENBLAS_CORETYPE: undefined }),
  script('jax-js, wasm', `${folder}/jax.mjs`),
  script('tfjs, wasm', `${folder}/tfjs.mjs`, 'wasm'),
  script('tfjs, cpu', `${folder}/tfjs.mjs`, 'cpu'),
  script('convnetjs', `${folder}/convnet.mjs`),
  script('brain.js', `${folder}/brain.mjs`),
]

const figures = await compare(commands, set)
save(set, 'peers', { figures })

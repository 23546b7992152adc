/**
 * Switches of V8 that choose what code it makes of our kernels. They belong to the whole process, workers included, so they are set
 * before the first run and stay: kernels are optimised while they run.
 */
import { execFile } from 'node:child_process'
import { extname } from 'node:path'
import { execArgv, execPath, version, versions } from 'node:process'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import * as E from 'fp-ts/lib/Either.js'
import type { Arithmetic } from '../compile/arithmetic.js'
import { fusedWorks } from '../compile/fusedMultiplyAdd.js'
import type { AppError } from './error.js'

/** What is asked for. `wide`: 256-bit code where V8 can make it, the same bits in less time. `where`: who asks for the arithmetic. */
export interface EngineWish {
  readonly wide: boolean
  readonly arithmetic: Arithmetic
  readonly where: string
}

/** What is in use: `name` is for manifests, `refused` says why wide mode is off although it was asked for. */
export interface Engine {
  readonly name: string
  readonly refused: string | null
}

/** What choosing an engine needs of this process. */
export interface EngineHost {
  /** Major version of Node. */
  readonly major: number
  /** Whether Node was started with the revectoriser on. */
  readonly startedWide: boolean
  readonly set: (flag: string) => void
  /** Tries the kernels with the revectoriser on, where failing does no harm: null, or what was wrong. */
  readonly trial: () => Promise<string | null>
  readonly fusedWorks: () => boolean
}

const wideFlag = 'experimental-wasm-revectorize'

/** The first Node whose V8 makes wide code; 22 knows the switch, without effect. */
const firstWide = 24

/** Sets this process up before any kernel runs. Left: the arithmetic is not to be had here. */
export const chooseEngine = async (
  { wide, arithmetic, where }: EngineWish,
  host: EngineHost = thisProcess,
): Promise<E.Either<AppError, Engine>> => {
  const { major, set, startedWide } = host
  // V8 11 knows relaxed instructions behind a switch; later ones have them on, and complain of a switch that is gone
  if (arithmetic === 'fast' && major === 20) set('--experimental-wasm-relaxed-simd')
  if (arithmetic === 'fast' && !host.fusedWorks()) {
    const reason = `fast arithmetic needs the relaxed SIMD of WebAssembly, which Node ${version} does not offer here`
    return E.left({ _tag: 'Refused', where, reason })
  }
  const fused = arithmetic === 'fast' ? ', fused multiply-add' : ''
  const refused = wide && major >= firstWide ? await host.trial() : null
  if (wide && major >= firstWide && refused === null) {
    set(`--${wideFlag}`)
    return E.right({ name: `wasm-simd128, revectorised${fused}`, refused })
  }
  if (startedWide) set(`--no-${wideFlag}`)
  const why = refused === null ? '' : ` (not revectorised: ${refused})`
  return E.right({ name: `wasm-simd128${fused}${why}`, refused })
}

/** What the self-test prints when all bits are right; silence is no verdict. */
const passed = 'equal\n'

/** Milliseconds after which a trial counts as failed; it takes about 300 of processor time. */
const patience = 20_000

/** V8 optimises after a hundredth of the work that it waits for by itself, and at once, not on another thread when that has time. */
const trialFlags = [`--${wideFlag}`, '--wasm-tiering-budget=100000', '--wasm-sync-tier-up']

/**
 * The self-test in a process of its own: an experimental compiler may also crash or hang, and this process has not switched anything
 * on until the verdict is there. Same binary, same options, same processor, so the same code.
 */
const trial = (): Promise<string | null> =>
  new Promise((done) => {
    const file = fileURLToPath(new URL(`./selfTestWorker${extname(import.meta.url)}`, import.meta.url))
    const options = execArgv.filter((option) => !option.startsWith('--inspect'))
    execFile(execPath, [...options, ...trialFlags, file], { timeout: patience }, (error, stdout) => {
      if (error === null) done(verdict(stdout))
      // Node's exit code for an option that it does not know
      else if (error.code === 9) done(`Node ${version} does not know the switches of the self-test`)
      else if (error.killed === true) done(`the self-test took longer than ${patience / 1000} s`)
      else done(`the self-test broke off, ${error.signal ? error.signal : `exit code ${error.code}`}`)
    })
  })

const verdict = (output: string): string | null => {
  if (output === passed) return null
  const wrong = output.trim().split('\n').join(', ')
  return wrong === '' ? 'the self-test said nothing' : `the self-test found other bits in ${wrong}`
}

const thisProcess: EngineHost = {
  major: Number.parseInt(versions.node, 10),
  // V8 takes _ for - in its switches
  startedWide: execArgv.some((option) => option.replaceAll('_', '-') === `--${wideFlag}`),
  set: setFlagsFromString,
  trial,
  fusedWorks,
}

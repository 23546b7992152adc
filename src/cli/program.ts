import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { packageVersion } from '../shell/machine.js'
import { gradcheck } from './gradcheck.js'
import { exportRun } from './export.js'
import { hash } from './hash.js'
import type { Terminal } from './terminal.js'
import { type Listable, list, listables } from './list.js'
import { report } from './report.js'
import { run } from './run.js'
import { verifyPublished } from './verifyPublished.js'

const wholeNumber = (text: string): number => {
  const n = Number(text)
  if (!Number.isInteger(n) || n < 1) throw new InvalidArgumentError('expected a whole number from 1 up.')
  return n
}

const natural = (text: string): number => {
  const n = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(n))
    throw new InvalidArgumentError('expected a whole number from 0 up.')
  return n
}

const minutes = (text: string): number => {
  const n = Number(text)
  if (text.trim() === '' || !Number.isFinite(n) || n < 0)
    throw new InvalidArgumentError('expected a number of minutes from 0 up.')
  return n
}

const seedNumber = (text: string): number => {
  const n = Number(text)
  if (text.trim() === '' || !Number.isInteger(n) || n < 0)
    throw new InvalidArgumentError('expected a whole number from 0 up.')
  return n
}

const labels = (text: string): readonly string[] => {
  const named = text.split(',').map((label) => label.trim())
  if (named.includes('')) throw new InvalidArgumentError('expected labels separated by commas, as in ewc,replay.')
  return named
}

const oneListable = (text: string): Listable => {
  const found = listables.find((listable) => listable === text)
  if (found === undefined) throw new InvalidArgumentError(`expected one of ${listables.join(', ')}.`)
  return found
}

const gathered = (text: string, earlier: readonly string[] | undefined): readonly string[] => [...(earlier ?? []), text]

/**
 * Runs the command line and returns the exit code: 0 done, 1 a bug, 2 bad input, 128 + n after a signal; `verify-published` has its own.
 * `args` are the arguments after the name of the program.
 */
export const runProgram = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  let code = 0
  const program = new Command('engram')
    .description('Continual learning measured: forgetting, transfer and sleep, with the same bits on every machine.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .configureHelp({ showGlobalOptions: false, minWidthToWrap: 20 })
    .showSuggestionAfterError()
    .exitOverride()
  program
    .command('run')
    .description('run a benchmark: every method with every seed; finished runs are kept, so the same command resumes')
    .argument('<benchmark>', 'a benchmark file, or the name of one in ./benchmarks or in this package')
    .option('--only <labels>', 'only the methods with these labels, separated by commas', labels)
    .option('--seeds <n>', 'only the first n seeds of the file', wholeNumber)
    .option('--workers <n>', 'runs at the same time (default: the cores of this machine)', wholeNumber)
    .option('--out <folder>', 'where results go (default: results/<name of the benchmark>)')
    .option('--set <path=value>', 'change the benchmark, as in training.iterations=100 (repeatable)', gathered)
    .option('--force', 'replace results of other configurations and damaged result files')
    .option('--debug-nan', 'say which expression the first NaN of a run came from; diverged runs are done again')
    .option('--no-wide', 'no 256-bit kernels: the same bits in more time')
    .action(async (benchmark: string, options: Parameters<typeof run>[1]) => {
      code = await run(benchmark, options, terminal)
    })
  program
    .command('report')
    .description('print the table of a folder of results and write its page report.html')
    .argument('<folder>', 'a folder that engram run has written')
    .action(async (folder: string) => {
      code = await report(folder, terminal)
    })
  program
    .command('export')
    .description('train one run of a benchmark and write what it has learned: .safetensors, .onnx or .npy')
    .argument('<benchmark>', 'a benchmark file, or the name of one in ./benchmarks or in this package')
    .requiredOption('--to <file>', 'the file to write; its extension says the format')
    .option('--only <label>', 'the method (may be left out where there is one only)')
    .option('--seed <n>', 'a seed of the file (default: its first)', seedNumber)
    .option('--set <path=value>', 'change the benchmark, as in training.iterations=100 (repeatable)', gathered)
    .option('--no-wide', 'no 256-bit kernels: the same bits in more time')
    .action(async (benchmark: string, options: Parameters<typeof exportRun>[1]) => {
      code = await exportRun(benchmark, options, terminal)
    })
  program
    .command('hash')
    .description('train four small networks and print a digest of their parameters: the same on every machine')
    .option('--json', 'print one JSON object, with the engine that was used')
    .option('--fast', 'in fast arithmetic, whose digests depend on the processor')
    .option('--no-wide', 'no 256-bit kernels: the same bits in more time')
    .action(async (options: Parameters<typeof hash>[0]) => {
      code = await hash(options, terminal)
    })
  program
    .command('gradcheck')
    .description('check the gradients of everything there is, or of what a file exports')
    .argument(
      '[file]',
      'a .js or .mjs file, or .ts where tsx is installed; see docs/gradients.md for what it may export',
    )
    .option('--only <names>', 'only these items or kinds, separated by commas', labels)
    .option('--seed <n>', 'other values and directions', natural, 0)
    .option('--json', 'print one JSON object')
    .action(async (file: string | undefined, options: Parameters<typeof gradcheck>[1]) => {
      code = await gradcheck(file, options, terminal)
    })
  program
    .command('verify-published')
    .description('run or resume what published figures are about, and judge each: equivalent, different, or undecided')
    .argument('[benchmarks...]', 'files or names as for run (default: all that have published figures)')
    .option('--only <labels>', 'only the figures of these labels, separated by commas', labels)
    .option('--budget <minutes>', 'start no run after so many minutes; 0: only judge what is there', minutes)
    .option('--workers <n>', 'runs at the same time (default: the cores of this machine)', wholeNumber)
    .option('--out <folder>', 'where results are, a folder for each benchmark (default: results)')
    .option('--no-wide', 'no 256-bit kernels: the same bits in more time')
    .addHelpText(
      'after',
      '\nExit code: 0 every verified figure is equivalent, 1 one is different, 2 bad\ninput, 3 one is undecided or not run.\n',
    )
    .action(async (benchmarks: readonly string[], options: Parameters<typeof verifyPublished>[1]) => {
      code = await verifyPublished(benchmarks, options, terminal)
    })
  program
    .command('list')
    .description('list what there is')
    .argument('<what>', listables.join(', '), oneListable)
    .action((what: Listable) => {
      code = list(what, terminal)
    })
  try {
    await program.parseAsync([...args], { from: 'user' })
    return code
  } catch (error) {
    // commander has already written its message; help and version are no failures
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    throw error
  }
}

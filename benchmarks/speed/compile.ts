/**
 * Builds the sources as the package is built and runs `compileSteps.ts` on them: a loader that compiles TypeScript on the way
 * adds to every function what the package does not have. `tsx benchmarks/speed/compile.ts [--rounds n] [--write]`.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'

const folder = '.cache/speed'
mkdirSync(folder, { recursive: true })
const settings = {
  extends: '../../tsconfig.json',
  compilerOptions: { noEmit: false, outDir: '.', rootDir: '../..' },
  include: ['../../src', '../../benchmarks/speed/compileSteps.ts'],
}
writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(settings))

const run = (...args: readonly string[]): void => {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
run('node_modules/typescript/bin/tsc', '-p', folder)
run(`${folder}/benchmarks/speed/compileSteps.js`, ...process.argv.slice(2))

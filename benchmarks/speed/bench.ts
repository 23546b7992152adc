/**
 * Runs the benchmarks one after another under the Node that runs this, and saves their figures for docs/speed.md.
 * `npm run bench`: a few minutes. `npm run bench:all`: also what takes long. Other arguments go to every script: `--rounds 5`. On Node 24 or later also wide mode.
 */
import { spawnSync } from 'node:child_process'

const given = process.argv.slice(2)
const long = given.includes('--long')
const wide = Number(process.versions.node.split('.')[0]) >= 24
const scripts: readonly (readonly string[])[] = [
  ['roof'],
  ['steps'],
  ...(wide ? [['steps', '--mode', 'wide']] : []),
  ['modes'],
  ['compile'],
  ['fisher'],
  ['memory'],
  ['denormal'],
  ...(long ? [['whole'], ['seeds']] : []),
]
const started = performance.now()
for (const [script = '', ...more] of scripts) {
  const args = ['--import', 'tsx', `benchmarks/speed/${script}.ts`, '--write', ...given, ...more]
  console.log(`\n== ${[script, ...more].join(' ')} (${((performance.now() - started) / 1000).toFixed(0)} s)`)
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
console.log(
  `\n${((performance.now() - started) / 1000).toFixed(0)} s; \`npm run speed:table\` puts the figures into docs/speed.md`,
)

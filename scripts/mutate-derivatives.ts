/**
 * Plants faults into every derivative rule of the table of primitives and runs the gradient checks on each: prints what survives, and
 * writes docs/gradient-mutations.md with `--write`. Names of primitives as arguments restrict it. Takes minutes; the tests run a part.
 */
import { writeFileSync } from 'node:fs'
import { primitives } from '../src/graph/primitives/table.js'
import { isKilled } from '../tests/mutation/judge.js'
import { allMutants } from '../tests/mutation/mutants.js'
import { idOf, listed, tableOf } from '../tests/mutation/table.js'

const names = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const chosen = primitives.filter((p) => names.length === 0 || names.includes(p.name))
const mutants = allMutants(chosen)
let wrong = 0
for (const { name } of chosen) {
  const own = mutants.filter((m) => m.primitive === name)
  const surviving = own.filter((m) => !isKilled(m))
  const kept = new Set(surviving.map(idOf))
  const unlisted = [...kept].filter((id) => !listed.has(id))
  const told = own.filter((m) => listed.has(idOf(m)) && !surviving.includes(m)).map(idOf)
  wrong += unlisted.length + told.length
  process.stdout.write(`${name}: ${own.length} faults, ${surviving.length} not found\n`)
  for (const id of unlisted) process.stdout.write(`  survives: ${id}\n`)
  for (const id of told) process.stdout.write(`  listed as equivalent, but found: ${id}\n`)
}
if (process.argv.includes('--write') && names.length === 0)
  writeFileSync('docs/gradient-mutations.md', tableOf(mutants))
process.exitCode = wrong === 0 ? 0 : 1

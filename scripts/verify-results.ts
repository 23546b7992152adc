/**
 * Checks `results/`: every file decodes, stands where its contents say, and belongs to a method and a seed of a benchmark
 * file. The benchmarks given as arguments are then run again, and must come out the same to the last bit; fields that a file lacks
 * because it is older than their recording are listed and left out of that.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { decodeWith } from '../src/codec/decode.js'
import { differences, uncompared } from '../src/record/compare.js'
import { type Result, result } from '../src/record/result.js'

const problems: string[] = []

const filesIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((name) => name.replaceAll('\\', '/'))
        .filter((name) => name.endsWith('.json'))
        .sort()
    : []

const read = (path: string): Result | null => {
  const decoded = decodeWith(result, JSON.parse(readFileSync(path, 'utf8')))
  if (E.isRight(decoded)) return decoded.right
  for (const { path: at, expected, got } of decoded.left)
    problems.push(`${path}: ${at}: expected ${expected}, got ${got}`)
  return null
}

// beside the folders of benchmarks stands what other scripts keep
const listed = filesIn('results').filter((name) => name.includes('/'))
for (const name of listed) {
  const found = read(`results/${name}`)
  if (found === null) continue
  const { benchmark, label, seed } = found
  const place = `${benchmark}/${label}/seed-${seed}.json`
  if (place !== name) problems.push(`results/${name}: holds the run of ${place}`)
  const file = `benchmarks/${benchmark}.json`
  const known = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { seeds: [], methods: [] }
  if (
    !known.seeds.includes(seed) ||
    !known.methods.some((method: { readonly label: string }) => method.label === label)
  )
    problems.push(`results/${name}: ${file} has no such method and seed`)
}

const older = new Map<string, number>()
const scratch = mkdtempSync(join(tmpdir(), 'engram-verify-'))
try {
  for (const benchmark of process.argv.slice(2)) {
    const kept = listed.filter((name) => name.startsWith(`${benchmark}/`))
    if (kept.length === 0) problems.push(`results/${benchmark}: there is nothing to verify`)
    execFileSync(process.execPath, ['dist/cli/main.js', 'run', benchmark, '--out', join(scratch, benchmark)])
    for (const name of kept) {
      const before = read(`results/${name}`)
      const again = existsSync(join(scratch, name)) ? read(join(scratch, name)) : null
      if (before === null || again === null) problems.push(`results/${name}: was not made again`)
      else {
        for (const path of differences(before, again)) problems.push(`results/${name}: ${path} came out different`)
        for (const path of uncompared(before, again)) older.set(path, (older.get(path) ?? 0) + 1)
      }
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

for (const problem of problems) console.error(problem)
for (const [path, files] of older) console.log(`${path} was not recorded yet in ${files} files: not compared`)
console.log(`results: ${listed.length} files, ${problems.length} problems`)
process.exitCode = problems.length === 0 ? 0 : 1

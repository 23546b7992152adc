/** Prints the lines of every file of src, longest first, the median, and fails on a file over the limit. */
import { readdirSync, readFileSync } from 'node:fs'

const limit = 400
const medianLimit = 120

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, lines: readFileSync(`src/${name}`, 'utf8').split('\n').length - 1 }))
  .sort((a, b) => b.lines - a.lines)

const middle = files.length >> 1
const at = (index: number) => files[index]?.lines ?? 0
const median = files.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2
const total = files.reduce((sum, file) => sum + file.lines, 0)

for (const { name, lines } of files)
  console.log(`${String(lines).padStart(5)}  src/${name}${lines > limit ? '  !' : ''}`)
console.log(`${files.length} files, ${total} lines, median ${median}, longest ${at(0)}`)

const long = files.filter(({ lines }) => lines > limit)
for (const { name, lines } of long) console.error(`src/${name}: ${lines} lines, the limit is ${limit}`)
if (median > medianLimit) console.error(`src: the median file has ${median} lines, the limit is ${medianLimit}`)
process.exitCode = long.length > 0 || median > medianLimit ? 1 : 0

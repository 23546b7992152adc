// Converts the UCI digits (CSV, plain or gzip: 64 pixels in 0 .. 16, then the label) into data/digits.bin.
// Usage: npx tsx scripts/convert-digits.ts path/to/digits.csv.gz
// Layout: see src/data/digits.ts. Prints the length and SHA-256 that belong in src/data/catalogue.ts.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { DIGITS_HEADER, DIGITS_MAGIC } from '../src/data/digits.js'

const WIDTH = 8
const HEIGHT = 8
const CLASSES = 10
const SCALE = 16

const path = process.argv[2]
if (path === undefined) throw new Error('usage: convert-digits.ts path/to/digits.csv[.gz]')
const raw = readFileSync(path)
const text = (raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw).toString('utf8')
const rows = text
  .trim()
  .split(/\r?\n/)
  .map((line) => line.split(',').map(Number))

const inputs = WIDTH * HEIGHT
const bytes = new Uint8Array(DIGITS_HEADER + rows.length * (inputs + 1))
bytes.set(new TextEncoder().encode(DIGITS_MAGIC))
bytes.set([rows.length % 256, Math.floor(rows.length / 256), WIDTH, HEIGHT, CLASSES, SCALE], DIGITS_MAGIC.length)
rows.forEach((row, i) => {
  const inRange = row.every((v, j) => Number.isInteger(v) && v >= 0 && v <= (j < inputs ? SCALE : CLASSES - 1))
  if (row.length !== inputs + 1 || !inRange) throw new Error(`row ${i + 1} is not 64 pixels in 0 .. 16 and a label`)
  bytes.set(row.slice(0, inputs), DIGITS_HEADER + i * inputs)
  bytes.set(row.slice(inputs), DIGITS_HEADER + rows.length * inputs + i)
})

const target = new URL('../data/digits.bin', import.meta.url)
writeFileSync(target, bytes)
console.log(`${rows.length} rows, ${bytes.length} bytes, sha256 ${createHash('sha256').update(bytes).digest('hex')}`)

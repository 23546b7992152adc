#!/usr/bin/env node
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { onStop } from '../shell/signals.js'
import type { Screen } from './display.js'
import { paintFor } from './paint.js'
import { runProgram } from './program.js'
import type { Terminal } from './terminal.js'

const { stdout, stderr, env } = process

// A reader that went away (`| head`) is no bug, and no reason to stop: results are files. Later writes go nowhere by themselves.
const gone = (error: Error): void => {
  if (!('code' in error) || error.code !== 'EPIPE') throw error
}
stdout.on('error', gone)
stderr.on('error', gone)
const out = (text: string): void => {
  stdout.write(text)
}

const screen: Screen = {
  write: out,
  // a terminal that does not know its size says 0
  columns: () => stdout.columns || 80,
  rows: () => stdout.rows || 24,
  onResize: (listener) => {
    stdout.on('resize', listener)
    return () => stdout.off('resize', listener)
  },
  now: () => performance.now(),
}

const terminal: Terminal = {
  cwd: process.cwd(),
  out,
  err: (text) => stderr.write(text),
  paint: paintFor(stdout.isTTY, env),
  errPaint: paintFor(stderr.isTTY, env),
  screen: stdout.isTTY && env['TERM'] !== 'dumb' ? screen : null,
  onStop,
}

process.exitCode = await runProgram(process.argv.slice(2), terminal)

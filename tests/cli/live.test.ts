import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Screen } from '../../src/cli/display.js'
import { lineDisplay } from '../../src/cli/lines.js'
import { liveDisplay } from '../../src/cli/live.js'
import { paintFor } from '../../src/cli/paint.js'
import type { Progress } from '../../src/train/progress.js'
import { naiveResult } from '../support/results.js'

const run = { label: 'naive', seed: 1 }
const progress = (over: Partial<Progress>): Progress => ({
  phase: 'train',
  experience: 0,
  experiences: 5,
  step: 10,
  steps: 100,
  doneSteps: 10,
  totalSteps: 500,
  loss: 0.5,
  accuracy: null,
  ...over,
})

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const fake = (columns: number) => {
  const state = { written: '', now: 0, columns, resized: () => undefined as void }
  const screen: Screen = {
    write: (text) => {
      state.written += text
    },
    columns: () => state.columns,
    rows: () => 24,
    onResize: (listener) => {
      state.resized = listener
      return () => undefined
    },
    now: () => state.now,
  }
  return { state, screen }
}

const plain = paintFor(false, {})
const size = { runs: 1, workers: 1, nameWidth: 12 }

describe('the live display', () => {
  it('draws at most ten times a second', () => {
    const { state, screen } = fake(80)
    const display = liveDisplay(screen, plain, size)
    display.tell({ kind: 'started', run, at: 0 })
    for (let ms = 0; ms < 1000; ms++) {
      state.now = ms
      display.tell({ kind: 'progress', run, at: ms, progress: progress({ step: ms }) })
    }
    expect(
      state.written.split('runs finished').length + state.written.split('run finished').length - 2,
    ).toBeLessThanOrEqual(11)
    display.stop()
  })

  it('keeps every line within the terminal, also after it was resized', () => {
    const { state, screen } = fake(80)
    const display = liveDisplay(screen, plain, size)
    display.tell({ kind: 'started', run, at: 0 })
    for (const columns of [80, 40, 20, 5]) {
      state.columns = columns
      state.now += 1000
      state.written = ''
      state.resized()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of the terminal
      const lines = state.written.replace(/\u001b\[[?0-9]*[A-Za-z]/g, '').split(/[\r\n]+/)
      for (const line of lines) expect([...line].length).toBeLessThan(columns)
    }
    display.stop()
  })

  it('hides the cursor while it draws and shows it at the end', () => {
    const { state, screen } = fake(80)
    const display = liveDisplay(screen, plain, size)
    display.tell({ kind: 'started', run, at: 0 })
    expect(state.written).toContain('\u001b[?25l')
    display.stop()
    expect(state.written.endsWith('\u001b[?25h')).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('the display of a pipe', () => {
  it('prints one line per finished experience and per finished run', () => {
    const lines: string[] = []
    const display = lineDisplay((text) => lines.push(text), plain, 12)
    display.tell({ kind: 'started', run, at: 0 })
    display.tell({ kind: 'progress', run, at: 1, progress: progress({}) })
    const evaluated = progress({ phase: 'evaluate', accuracy: 0.975 })
    display.tell({ kind: 'progress', run, at: 2, progress: evaluated })
    display.tell({ kind: 'progress', run, at: 3, progress: evaluated })
    display.tell({ kind: 'finished', run, at: 4, result: naiveResult })
    expect(lines).toHaveLength(2)
    expect(lines[0]).toBe('  naive seed 1  experience 1/5  loss 0.500  accuracy 97.5%\n')
    expect(lines[1]).toMatch(/^✓ naive seed 1  \d+\.\d% average accuracy  \d+/)
  })
})

describe('colours', () => {
  it('are left out in a pipe, with NO_COLOR, and in a dumb terminal', () => {
    const coloured = (terminal: boolean, env: Record<string, string>) => paintFor(terminal, env).good('x') !== 'x'
    expect(coloured(true, {})).toBe(true)
    expect(coloured(true, { NO_COLOR: '1' })).toBe(false)
    expect(coloured(true, { TERM: 'dumb' })).toBe(false)
    expect(coloured(false, { FORCE_COLOR: '1', CI: '1' })).toBe(false)
  })
})

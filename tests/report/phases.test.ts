import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeWith } from '../../src/codec/decode.js'
import { result } from '../../src/record/result.js'
import { outputsNote } from '../../src/report/section/outputsNote.js'
import { phases } from '../../src/report/section/phases.js'
import { byMethod } from '../../src/report/summary.js'
import { fixtureResults, order } from '../support/results.js'

const section = (results = fixtureResults): string => phases(byMethod(results, order))?.html ?? ''

const captions = (text: string): readonly string[] =>
  [...text.matchAll(/<caption>(.*?)<\/caption>/g)].map(([, caption = '']) => caption.replaceAll(/<[^>]*>/g, ''))

const configured = (incremental: string, contexts: unknown) => ({
  configuration: { scenario: { incremental, contexts } },
})

describe('the section on phases', () => {
  it('is made from results that are valid', () => {
    for (const run of fixtureResults) expect(E.isRight(decodeWith(result, run))).toBe(true)
  })

  it('has one table for a sleep with its probes, and shows it first', () => {
    expect(captions(section())).toEqual(['cls cls/sleep', 'ewc ewc/fisher'])
  })

  it('keeps the direction of time, from before to after and from the first to the last step', () => {
    const text = section()
    expect(text).toContain('<td data-head="loss, before → after"><span>0.0433 → 0.0273</span></td>')
    expect(text).toContain('<td data-head="agreement, before → after"><span>0.970 → 0.990</span></td>')
    expect(text).toContain('0.00420 → 0.00110<span class="unit">mean 0.00230</span>')
    expect(text).toContain('400 of 2000')
  })

  it('gives the rows of every output, those of the phase and not those of its probes', () => {
    const text = section()
    expect(text).toContain('51200 rows of replay, by output')
    expect(text.match(/<b>9<\/b> 5120</g)).toHaveLength(1)
    expect(text).toContain('on 256 rows each. Together they cost 0.366 GMAC a time')
  })

  it('folds what only keeps books and what was granted nothing into a paragraph', () => {
    expect(section()).toContain(
      'without any multiply-accumulate: ewc/anchor (5 times) and replay/fill (5 times, 200 rows each). cls/sleep of cls-no-sleep was granted none of the 2000 steps it asked for.',
    )
  })

  it('counts a phase that runs several times in an experience', () => {
    const twice = fixtureResults.map((run) => ({ ...run, traces: run.traces.flatMap((trace) => [trace, trace]) }))
    const text = section(twice)
    expect(captions(text)).toEqual(['cls cls/sleep', 'ewc ewc/fisher'])
    expect(text).toContain('in experience </span>1 <span class="half">2 times</span>')
    expect(text).toContain('51200 rows of replay, by output')
  })

  it('leaves a phase alone that runs elsewhere than the probes', () => {
    const seldom = fixtureResults.map((run) => ({
      ...run,
      traces: run.traces.filter(({ phase, experience }) => phase !== 'sleep' || experience > 0),
    }))
    expect(captions(section(seldom)).toSorted()).toEqual([
      'cls cls/after',
      'cls cls/before',
      'cls cls/sleep',
      'ewc ewc/fisher',
    ])
  })

  it('is absent when no phase ran', () => {
    expect(section(fixtureResults.map((run) => ({ ...run, traces: [] })))).toBe('')
  })
})

describe('the note on outputs', () => {
  it('says what an output is in each kind of stream', () => {
    const table = { table: { 2: [1, 0] }, otherwise: 'drawn' }
    expect(outputsNote(configured('class', { kind: 'split', order: 'drawn' }))).toContain('drawn for each seed')
    expect(outputsNote(configured('task', { kind: 'split', order: table }))).toContain('given for each seed')
    expect(outputsNote(configured('class', { kind: 'split', order: 'natural' }))).toContain('that of the classes')
    expect(outputsNote(configured('domain', { kind: 'split', order: 'natural' }))).toContain('place of a class')
    expect(outputsNote(configured('domain', { kind: 'permuted' }))).toContain('the same in all contexts')
    expect(outputsNote(configured('class', { kind: 'permuted' }))).toContain('every context has its own')
    expect(outputsNote({ configuration: {} })).toContain('order of the stream')
  })
})

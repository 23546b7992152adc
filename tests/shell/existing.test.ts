import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { canonicalLines } from '../../src/record/canonical.js'
import { existingResult } from '../../src/shell/existing.js'
import { hashOf } from '../../src/shell/hash.js'
import type { PlannedRun } from '../../src/shell/plan.js'
import { naiveResult as fixture } from '../support/results.js'

const naiveResult = { ...fixture, hash: hashOf(fixture.configuration) }
const configuration: PlannedRun['configuration'] = JSON.parse(JSON.stringify(naiveResult.configuration))
const planned = { hash: naiveResult.hash, configuration }

let path = ''
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'engram-'))
  mkdirSync(join(folder, 'naive'))
  path = join(folder, 'naive', 'seed-2.json')
})
afterEach(() => rmSync(folder, { recursive: true }))

const left = (text: string): unknown => {
  writeFileSync(path, text)
  const found = existingResult({ ...planned, path })
  return E.isLeft(found) ? found.left : null
}

describe('the place of a result', () => {
  it('holds nothing before the run', () => {
    expect(existingResult({ ...planned, path })).toEqual(E.right(null))
  })

  it('holds the result of the same configuration', () => {
    writeFileSync(path, canonicalLines(naiveResult))
    expect(existingResult({ ...planned, path })).toEqual(E.right(naiveResult))
  })

  it('refuses another configuration, half a file, and what is no result', () => {
    const whole = canonicalLines(naiveResult)
    const other = { ...naiveResult.configuration, training: { batch: 3 } }
    expect(left(canonicalLines({ ...naiveResult, configuration: other, hash: hashOf(other) }))).toMatchObject({
      _tag: 'ResultDiffers',
      found: hashOf(other),
      keys: ['training'],
    })
    expect(left(whole.slice(0, 200))).toMatchObject({ _tag: 'ResultDamaged', cause: { _tag: 'NotJson' } })
    expect(left('{}')).toMatchObject({ _tag: 'ResultDamaged', cause: { _tag: 'Invalid' } })
    expect(left(canonicalLines({ ...naiveResult, seed: Number.MAX_SAFE_INTEGER + 1 }))).not.toBeNull()
  })

  it('refuses a result that belongs elsewhere, and one whose configuration was changed by hand', () => {
    const refused = { _tag: 'ResultDamaged', cause: { _tag: 'Refused' } }
    expect(left(canonicalLines({ ...naiveResult, label: 'ewc' }))).toMatchObject(refused)
    expect(left(canonicalLines({ ...naiveResult, seed: 3 }))).toMatchObject(refused)
    expect(left(canonicalLines({ ...naiveResult, hash: 'other' }))).toMatchObject(refused)
  })
})

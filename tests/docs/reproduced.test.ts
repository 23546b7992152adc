import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { place, reproduced } from '../../scripts/reproduced.js'

it('results/REPRODUCED.md is what the committed results say: npm run results:reproduced', async () => {
  expect(readFileSync(place, 'utf8')).toBe(await reproduced())
})

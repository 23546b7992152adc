import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { activations } from '../../src/nn/activation.js'
import { initialisers } from '../../src/nn/initialise.js'

/** Names in the first column of the table under a heading. */
const listed = (heading: string): readonly string[] => {
  const section = readFileSync('docs/catalogue.md', 'utf8')
    .split(/^## /m)
    .find((text) => text.startsWith(heading))
  return [...(section ?? '').matchAll(/^\| `(\w+)/gm)].map(([, name = '']) => name)
}

describe('docs/catalogue.md', () => {
  it('lists every activation function and every initialiser, and no other', () => {
    expect(listed('Activation functions')).toEqual(Object.keys(activations))
    expect(listed('Initialisers')).toEqual(Object.keys(initialisers))
  })
  it('lists only layers, losses and models that are exported', async () => {
    const names = Object.keys(await import('../../src/index.js'))
    for (const heading of ['Layers', 'Losses', 'Models']) {
      expect(listed(heading).length).toBeGreaterThan(4)
      expect(listed(heading).filter((name) => !names.includes(name))).toEqual([])
    }
  })
})

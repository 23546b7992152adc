import { expect, it } from 'vitest'
import { metrics } from '../../src/metrics/registry.js'

const page = [
  '# Metrics',
  '',
  'Each metric is a pure function of a [result file](results.md). R[i][j] is the accuracy on context j after experience i, b[j] that of the',
  'untrained network, T the number of contexts, counted from 1. Outside its domain a metric has no value but a reason. Over seeds, reports',
  'show the mean and the half-width of its 95 % interval (Student t, at every number of seeds; none for one seed); runs that diverged are',
  'counted, not averaged; one complete run without a value leaves the whole method without one.',
  '',
  '| id | name | formula | better | defined for | source |',
  '|---|---|---|---|---|---|',
  ...metrics.map((m) => `| \`${m.id}\` | ${m.title} | ${m.formula} | ${m.better} | ${m.domain} | ${m.source} |`),
  '',
].join('\n')

it('docs/metrics.md is the table of the registry', async () => {
  await expect(page).toMatchFileSnapshot('../../docs/metrics.md')
})

it('every metric has an id of its own', () => {
  expect(new Set(metrics.map(({ id }) => id)).size).toBe(metrics.length)
})

import fc from 'fast-check'
import { describe as group, expect, it } from 'vitest'
import { cholesky, solveLower } from '../../src/analytic/cholesky.js'
import { describe, extended, logDensity, type LowRankGaussian, scatterOf } from '../../src/analytic/lowRankGaussian.js'
import { addToDiscriminant } from '../../src/analytic/streamingLda.js'
import { shifted, triangle } from '../../src/analytic/triangle.js'
import { key, named } from '../../src/random/key.js'
import { normals } from '../../src/random/normals.js'
import { apart } from '../support/rows.js'

const width = 30
const spread = Array.from({ length: width }, (_, k) => (k < 3 ? 4 - k : 0.2))

/** Rows around 1, ..., width / 10, with standard deviation `spread` along each axis. */
const rows = (seed: number, n: number): Float64Array =>
  normals(named(key(seed), 'rows'), n * width).map((v, e) => (e % width) / 10 + v * spread[e % width]!)

/** Count, mean and scatter of rows [n, width]. */
const summed = (values: Float64Array) => {
  const d = { means: new Float64Array(width), counts: new Float64Array(1), scatter: new Float64Array(triangle(width)) }
  addToDiscriminant(d, { width, values, labels: new Int32Array(values.length / width) }, 'exact')
  return { count: d.counts[0]!, mean: d.means, scatter: d.scatter }
}

/** log p(x) of a Gaussian with a whole covariance, through its Cholesky factor, without the constant. */
const wholeDensity = (mean: Float64Array, covariance: Float64Array, x: Float64Array): number => {
  const l = cholesky(covariance, width) ?? new Float64Array()
  const z = solveLower(
    l,
    width,
    x.map((v, k) => v - mean[k]!),
  )
  const determinant = Array.from({ length: width }, (_, i) => 2 * Math.log(l[triangle(i) + i]!)).reduce(
    (a, b) => a + b,
    0,
  )
  return -(z.reduce((sum, v) => sum + v * v, 0) + determinant) / 2
}

const same = (found: LowRankGaussian, wanted: LowRankGaussian): number =>
  Math.max(
    apart(found.mean, wanted.mean),
    apart(found.variances, wanted.variances),
    apart([found.residual, found.count], [wanted.residual, wanted.count]),
    apart(scatterOf(found, 0.1), scatterOf(wanted, 0.1)),
  )

group('a low-rank Gaussian', () => {
  const seeds = fc.integer({ min: 0, max: 1e6 })

  it.each([0.3, 'estimated'] as const)(
    'of full rank is the Gaussian with the whole covariance (residual %s): 1e-9',
    (a) => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const { count, mean, scatter } = summed(rows(seed, 80))
          const { gaussian } = describe(count, mean, scatter, width, a)
          const covariance = shifted(scatter, width, 1 / count, a === 'estimated' ? 0 : a)
          for (let i = 0; i < 3; i++) {
            const x = rows(seed + 1, 3).subarray(i * width, (i + 1) * width)
            expect(apart([logDensity(gaussian, x)], [wholeDensity(mean, covariance, x)])).toBeLessThan(1e-9)
          }
        }),
        { numRuns: 20 },
      )
    },
  )

  it.each([0.3, 'estimated'] as const)(
    'of rank 3 is the Gaussian whose covariance it stands for (residual %s): 1e-9',
    (a) => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const { count, mean, scatter } = summed(rows(seed, 80))
          const { gaussian } = describe(count, mean, scatter, 3, a)
          const covariance = shifted(scatterOf(gaussian, a), width, 1 / count, a === 'estimated' ? 0 : a)
          const x = rows(seed + 1, 1)
          expect(apart([logDensity(gaussian, x)], [wholeDensity(mean, covariance, x)])).toBeLessThan(1e-9)
        }),
        { numRuns: 20 },
      )
    },
  )

  it('finds planted directions and variances: 4000 rows, within a tenth', () => {
    const { count, mean, scatter } = summed(rows(7, 4000))
    const { gaussian } = describe(count, mean, scatter, 3, 'estimated')
    gaussian.variances.forEach((v, k) => expect(Math.abs(v / (4 - k) ** 2 - 1)).toBeLessThan(0.1))
    expect(Math.abs(gaussian.residual / 0.04 - 1)).toBeLessThan(0.1)
    for (let k = 0; k < 3; k++) expect(Math.abs(gaussian.directions[k * width + k]!)).toBeGreaterThan(0.99)
  })

  it('of full rank, extended by more rows, is that of all rows together: 1e-10', () => {
    const [first, second] = [rows(1, 50), rows(2, 70).map((v) => v + 0.5)]
    const old = summed(first)
    const { gaussian } = describe(old.count, old.mean, old.scatter, width, 0.1)
    const all = summed(Float64Array.from([...first, ...second]))
    const wanted = describe(all.count, all.mean, all.scatter, width, 0.1)
    const found = extended(gaussian, summed(second), width, 0.1)
    expect(same(found.gaussian, wanted.gaussian)).toBeLessThan(1e-10)
    expect(found.macs).toBeGreaterThan(0)
  })

  it('keeps the variances of its directions and the mean of the rest, when estimated: their sum is the trace', () => {
    const { count, mean, scatter } = summed(rows(3, 100))
    const { gaussian } = describe(count, mean, scatter, 4, 'estimated')
    const total = gaussian.variances.reduce((a, b) => a + b, 0) + (width - 4) * gaussian.residual
    const wanted = Array.from({ length: width }, (_, i) => scatter[triangle(i) + i]! / count).reduce((a, b) => a + b, 0)
    expect(apart([total], [wanted])).toBeLessThan(1e-12)
  })

  it('of one row has the residual variance in every direction, and at least 1e-4 when estimated', () => {
    const { count, mean, scatter } = summed(rows(4, 1))
    expect([...describe(count, mean, scatter, 2, 0.5).gaussian.variances]).toEqual([0.5, 0.5])
    const { gaussian } = describe(count, mean, scatter, 2, 'estimated')
    expect([...gaussian.variances, gaussian.residual]).toEqual([1e-4, 1e-4, 1e-4])
  })
})

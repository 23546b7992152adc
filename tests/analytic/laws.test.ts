import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addToSums, type ClassSums, type Labelled, meansOf, nearestMean } from '../../src/analytic/classMeans.js'
import { cholesky, solve } from '../../src/analytic/cholesky.js'
import { NEVER } from '../../src/analytic/linear.js'
import { addToMoments, addToRecursion, type Moments, type Recursion, ridge } from '../../src/analytic/ridge.js'
import {
  addToDiscriminant,
  type CovarianceUpdate,
  type Discriminant,
  discriminate,
} from '../../src/analytic/streamingLda.js'
import { addProducts, scaledIdentity, triangle } from '../../src/analytic/triangle.js'
import { apart, batches, classes, handedOver, labelledRows, picked } from '../support/rows.js'

const width = 5
const row = ({ values }: Labelled, i: number): Float64Array => values.subarray(i * width, (i + 1) * width)

const sums = (parts: readonly Labelled[]): ClassSums => {
  const s = { sums: new Float64Array(classes * width), counts: new Float64Array(classes) }
  for (const rows of parts) addToSums(s, rows)
  return s
}

/** Sums, counts and means in two passes. */
const wholeMeans = (rows: Labelled) => {
  const labels = [...rows.labels]
  const counts = Array.from({ length: classes }, (_, c) => labels.filter((label) => label === c).length)
  const means = Float64Array.from({ length: classes * width }, (_, e) => {
    const c = Math.floor(e / width)
    const own = labels.flatMap((label, i) => (label === c ? [row(rows, i)[e % width]!] : []))
    return own.reduce((a, b) => a + b, 0) / Math.max(1, own.length)
  })
  return { counts, means }
}

describe('class means', () => {
  it('for every order and every split into batches, are the same to the bit, and means in two passes to 1e-15', () => {
    fc.assert(
      fc.property(handedOver(width), ({ rows, order, cuts }) => {
        const found = sums(batches(rows, order, cuts))
        expect(found).toEqual(sums([rows]))
        expect(apart(meansOf(found), wholeMeans(rows).means)).toBeLessThan(1e-15)
        expect([...found.counts]).toEqual(wholeMeans(rows).counts)
      }),
    )
  })

  it('score every row as half its squared length less half its squared distance to the mean: tolerance 1e-14', () => {
    fc.assert(
      fc.property(labelledRows(width), (rows) => {
        const s = sums([rows])
        const means = meansOf(s)
        const { weights, biases } = nearestMean(means, s.counts)
        const x = row(rows, 0)
        for (let c = 0; c < classes; c++) {
          const score = x.reduce((sum, v, k) => sum + v * weights[c * width + k]!, biases[c]!)
          const wanted = x.reduce((sum, v, k) => sum + v * v - (v - means[c * width + k]!) ** 2, 0) / 2
          expect(apart([score], [s.counts[c] === 0 ? NEVER : wanted])).toBeLessThan(1e-14)
        }
      }),
    )
  })
})

const streamed = (parts: readonly Labelled[], update: CovarianceUpdate): Discriminant => {
  const d = {
    means: new Float64Array(classes * width),
    counts: new Float64Array(classes),
    scatter: new Float64Array(triangle(width)),
  }
  for (const rows of parts) addToDiscriminant(d, rows, update)
  return d
}

/** Linear discriminant analysis of all rows together: means first, then the covariance within classes. */
const wholeLda = (rows: Labelled): Discriminant => {
  const { means, counts } = wholeMeans(rows)
  const scatter = new Float64Array(triangle(width))
  const away = rows.values.map((v, e) => v - means[rows.labels[Math.floor(e / width)]! * width + (e % width)]!)
  addProducts(scatter, width, away, new Float64Array(rows.labels.length).fill(1))
  return { means, counts: Float64Array.from(counts), scatter }
}

describe('streaming LDA', () => {
  it('for every order and every split into batches, equals the batch form: statistics to 1e-12, scores to 1e-8', () => {
    // with shrinkage 1e-2 of variances up to 16 the condition number is below 1e4, which scores may lose
    fc.assert(
      fc.property(handedOver(width), ({ rows, order, cuts }) => {
        const found = streamed(batches(rows, order, cuts), 'exact')
        const wanted = wholeLda(rows)
        expect(apart(found.means, wanted.means)).toBeLessThan(1e-12)
        expect(apart(found.scatter, wanted.scatter)).toBeLessThan(1e-12)
        const [a, b] = [found, wanted].map((d) => discriminate(d, 1e-2))
        expect(apart(a?.weights ?? [], b?.weights ?? [1])).toBeLessThan(1e-8)
        expect(apart(a?.biases.map((v) => v / 100) ?? [], b?.biases.map((v) => v / 100) ?? [1])).toBeLessThan(1e-8)
      }),
    )
  })

  it('as published, for every split into batches equals one row at a time, the first of a class from a mean of 0', () => {
    fc.assert(
      fc.property(handedOver(width), ({ rows, order, cuts }) => {
        const found = streamed(batches(rows, order, cuts), 'published')
        // covariance <- (n covariance + n / (n + 1) d d') / (n + 1), d from the mean before the update
        const covariance = new Array<number>(triangle(width)).fill(0)
        const means = new Array<number>(classes * width).fill(0)
        const counts = new Array<number>(classes).fill(0)
        order.forEach((i, n) => {
          const c = rows.labels[i]!
          const d = [...row(rows, i)].map((v, k) => v - means[c * width + k]!)
          for (let p = 0; p < width; p++)
            for (let q = 0; q <= p; q++) {
              const at = triangle(p) + q
              covariance[at] = (n * covariance[at]! + (d[p]! * d[q]! * n) / (n + 1)) / (n + 1)
            }
          d.forEach((v, k) => (means[c * width + k]! += v / (counts[c]! + 1)))
          counts[c]!++
        })
        expect(apart(found.means, means)).toBeLessThan(1e-13)
        expect(
          apart(
            found.scatter.map((v) => v / order.length),
            covariance,
          ),
        ).toBeLessThan(1e-13)
      }),
    )
  })

  it('of two classes around -1 and 1 with variance 3 and no shrinkage to speak of is x / 3 and -x / 3', () => {
    const values = [-1 - Math.sqrt(3), -1 + Math.sqrt(3), 1 - Math.sqrt(3), 1 + Math.sqrt(3)]
    const d = { means: new Float64Array(2), counts: new Float64Array(2), scatter: new Float64Array(1) }
    addToDiscriminant(d, { width: 1, values: Float64Array.from(values), labels: Int32Array.of(0, 0, 1, 1) }, 'exact')
    const { weights, biases } = discriminate(d, 1e-15)
    expect(apart(weights, [-1 / 3, 1 / 3])).toBeLessThan(1e-13)
    expect(apart(biases, [-1 / 6, -1 / 6])).toBeLessThan(1e-13)
  })

  it('gives classes that were never seen a score below all others, which is finite', () => {
    const nothing = streamed([], 'exact')
    expect([...discriminate(nothing, 1e-4).biases]).toEqual([NEVER, NEVER, NEVER])
    expect(Number.isFinite(Math.fround(NEVER))).toBe(true)
  })
})

const moments = (parts: readonly Labelled[]): Moments => {
  const m = { gram: new Float64Array(triangle(width)), products: new Float64Array(classes * width) }
  for (const rows of parts) addToMoments(m, rows)
  return m
}

const recursion = (parts: readonly Labelled[], lambda: number): Recursion => {
  const r = { inverse: new Float64Array(triangle(width)), weights: new Float64Array(classes * width) }
  for (const rows of parts) addToRecursion(r, rows, lambda)
  return r
}

describe('ridge', () => {
  // λ >= 1/8 and at most 24 rows of 5 numbers up to 4: the condition number is below 2e4
  const lambdas = fc.integer({ min: -3, max: 6 }).map((k) => 2 ** k)

  it('is where the gradient of the squared errors and of the penalty is 0: tolerance 1e-11', () => {
    fc.assert(
      fc.property(labelledRows(width), lambdas, (rows, lambda) => {
        const b = ridge(moments([rows]), width, lambda)
        const gradient = b.map((v, e) => {
          const [c, k] = [Math.floor(e / width), e % width]
          return [...rows.labels.keys()].reduce((sum, i) => {
            const error = row(rows, i).reduce((s, x, j) => s + x * b[c * width + j]!, rows.labels[i] === c ? -1 : 0)
            return sum + error * row(rows, i)[k]!
          }, lambda * v)
        })
        expect(apart(gradient, new Float64Array(b.length))).toBeLessThan(1e-11)
      }),
    )
  })

  it('for every order and every split into batches, the recursive form equals the batch form to 1e-8', () => {
    fc.assert(
      fc.property(handedOver(width), lambdas, ({ rows, order, cuts }, lambda) => {
        const whole = moments([rows])
        const found = recursion(batches(rows, order, cuts), lambda)
        expect(apart(found.weights, ridge(whole, width, lambda))).toBeLessThan(1e-8)
        const again = moments(batches(rows, order, cuts))
        expect(apart(again.gram, whole.gram)).toBeLessThan(1e-14)
        expect(apart(again.products, whole.products)).toBeLessThan(1e-14)
      }),
    )
  })

  it('for every order and split, the kept inverse is that of the sums: tolerance 1e-8', () => {
    fc.assert(
      fc.property(handedOver(width), lambdas, ({ rows, order, cuts }, lambda) => {
        const { inverse } = recursion(batches(rows, order, cuts), lambda)
        const a = scaledIdentity(width, lambda)
        moments([rows]).gram.forEach((v, i) => (a[i]! += v))
        const unit = Float64Array.from({ length: width * width }, (_, e) => (e % (width + 1) === 0 ? 1 : 0))
        const wanted = solve(cholesky(a, width) ?? new Float64Array(), width, unit)
        const lower = [...wanted].filter((_, e) => e % width <= Math.floor(e / width))
        expect(
          apart(
            inverse.map((v) => v * lambda),
            lower.map((v) => v * lambda),
          ),
        ).toBeLessThan(1e-8)
      }),
    )
  })

  it('of one row (h, label 1) is h / (|h|² + λ) for its label, and 0 for others', () => {
    const rows = picked({ width, values: Float64Array.of(1, 2, 0, -1, 0.5), labels: Int32Array.of(1) }, [0])
    const wanted = [...new Array<number>(width).fill(0), ...[...rows.values].map((v) => v / (6.25 + 0.75))]
    expect(apart(ridge(moments([rows]), width, 0.75).subarray(0, 2 * width), wanted)).toBeLessThan(1e-15)
    expect(apart(recursion([rows], 0.75).weights.subarray(0, 2 * width), wanted)).toBeLessThan(1e-15)
  })

  it('of nothing is 0', () => {
    expect(ridge(moments([]), width, 1).every((v) => v === 0)).toBe(true)
    const empty = { width, values: new Float64Array(0), labels: new Int32Array(0) }
    expect(recursion([empty], 1).weights.every((v) => v === 0)).toBe(true)
  })
})

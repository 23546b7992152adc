import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rotate } from '../../src/stream/rotated.js'

const grid = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 36, maxLength: 36 }))
  .map(([side, values]) => ({ side, pixels: Uint8Array.from(values.slice(0, side * side)) }))

const turned = ({ side, pixels }: { readonly side: number; readonly pixels: Uint8Array }, degrees: number) =>
  rotate(pixels, { width: side, height: side }, degrees)

describe('rotation to the nearest pixel', () => {
  it('only moves pixel values, and is the same as means where angles are right', () => {
    const image = Uint8Array.from({ length: 25 }, (_, i) => 10 * i)
    const turned = rotate(image, { width: 5, height: 5 }, 33.3, 'nearest')
    expect([...turned].every((value) => value === 0 || image.includes(value))).toBe(true)
    // the centre stays, and the pixel above it comes from 33.3 degrees to the right of straight up: the one at (1, -1)
    expect(turned[12]).toBe(image[12])
    expect(turned[7]).toBe(image[8])
    for (const degrees of [0, 90, 180, 270])
      expect(rotate(image, { width: 5, height: 5 }, degrees, 'nearest')).toEqual(
        rotate(image, { width: 5, height: 5 }, degrees),
      )
  })
})

describe('rotate', () => {
  it('for every image, 0 and 360 degrees change nothing', () => {
    fc.assert(
      fc.property(grid, (image) => {
        expect(turned(image, 0)).toEqual(image.pixels)
        expect(turned(image, 360)).toEqual(image.pixels)
      }),
    )
  })

  it('for every square image, 90 degrees moves the right column to the top row', () => {
    fc.assert(
      fc.property(grid, (image) => {
        const { side, pixels } = image
        const expected = pixels.map((_, j) => pixels[(j % side) * side + side - 1 - Math.floor(j / side)]!)
        expect(turned(image, 90)).toEqual(expected)
      }),
    )
  })

  it('for every image and angle, four right angles in steps of 90 come back, and no pixel exceeds the brightest', () => {
    fc.assert(
      fc.property(grid, fc.integer({ min: -400, max: 400 }), (image, degrees) => {
        let pixels: Uint8Array = image.pixels
        for (let i = 0; i < 4; i++) pixels = turned({ side: image.side, pixels }, 90)
        expect(pixels).toEqual(image.pixels)
        expect(Math.max(...turned(image, degrees))).toBeLessThanOrEqual(Math.max(...image.pixels))
      }),
    )
  })

  it('interpolates between neighbours and takes zero from outside', () => {
    // corners of a 2 x 2 image at 45 degrees lie 0.7071 - 0.5 outside: (1 - 0.2071) of the mean of two neighbours
    expect([...rotate(Uint8Array.from([100, 100, 100, 100]), { width: 2, height: 2 }, 45)]).toEqual([79, 79, 79, 79])
  })

  it('turns each image of a batch for itself, of any width and height', () => {
    const one = Uint8Array.from([1, 2, 3, 4, 5, 6])
    const two = rotate(Uint8Array.from([...one, ...one]), { width: 3, height: 2 }, 180)
    expect([...two]).toEqual([6, 5, 4, 3, 2, 1, 6, 5, 4, 3, 2, 1])
  })

  it('gives the same bytes on every machine', () => {
    const ramp = Uint8Array.from({ length: 25 }, (_, i) => 10 * i)
    expect([...rotate(ramp, { width: 5, height: 5 }, 33.3)]).toEqual([
      3, 18, 47, 83, 26, 12, 48, 84, 120, 119, 48, 84, 120, 156, 192, 68, 120, 156, 192, 228, 30, 157, 193, 169, 52,
    ])
  })
})

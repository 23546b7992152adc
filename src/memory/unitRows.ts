/** Rows [n, width] scaled to length 1 in f64; a row of zeros stays. A copy. */
export const unitRows = (features: ArrayLike<number>, n: number, width: number): Float64Array => {
  const unit = Float64Array.from({ length: n * width }, (_, i) => features[i]!)
  for (let row = 0; row < n; row++) {
    const own = unit.subarray(row * width, (row + 1) * width)
    let square = 0
    for (const value of own) square += value * value
    const length = Math.sqrt(square)
    if (length > 0) for (let j = 0; j < width; j++) own[j]! /= length
  }
  return unit
}

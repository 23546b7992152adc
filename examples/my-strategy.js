// A strategy of one's own, whole: parameters are pulled towards where they were at the last boundary.
// engram run examples/my-benchmark.json
import { closed, mul, nonNegative, square, sub, sum, withDefault } from 'engram'

/** Options as a benchmark file gives them; unknown keys and NaN are refused. */
const options = closed('options of hold', { strength: withDefault(nonNegative, 0.01) })

const hold = ({ strength }) => ({
  name: 'hold',
  // what the world must grant: to know when one experience ends and the next begins
  rights: { boundary: true },
  // kept between steps, and counted: one copy of the parameters
  tensors: { anchor: { shape: (dims) => [dims.layout.size], init: 'params' } },
  // a named term of the loss; its gradient is derived, its mean is in the result file
  objective: ({ params, tensors, dims }) =>
    dims.experience === 0 ? [] : [{ name: 'pull', value: mul(strength / 2, sum(square(sub(params, tensors.anchor)))) }],
  // at each boundary, one step that only remembers
  phases: [
    { name: 'remember', when: { on: 'boundary' }, steps: 1, commit: ({ params }) => ({ tensors: { anchor: params } }) },
  ],
})

export const plugin = {
  name: 'hold',
  sources: [{ paper: '-', equation: '-', variant: 'L2 decay towards the parameters of the last boundary' }],
  options,
  make: (o) => [hold(o)],
}

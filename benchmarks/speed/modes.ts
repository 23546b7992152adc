/**
 * The modes of this package against each other on the same steps: 128-bit vectors, 256-bit vectors (Node 24 or later, same
 * bits), fused multiply-add (other bits). A process each, asked in turn, since V8's switches hold for a whole process.
 * `tsx benchmarks/speed/modes.ts [--rounds n] [--milliseconds n] [--write]`.
 */
import { compare } from './lib/compare.js'
import { script } from './lib/contender.js'
import { options } from './lib/options.js'
import { save } from './lib/report.js'

const set = options({ rounds: 31, milliseconds: 60 })
const ours = 'benchmarks/speed/ours.ts'
const wide = Number(process.versions.node.split('.')[0]) >= 24
const figures = await compare(
  [
    script('plain', ours),
    ...(wide ? [script('wide', ours, '--mode', 'wide')] : []),
    script('fast', ours, '--mode', 'fast'),
  ],
  set,
)
save(set, 'modes', { figures })

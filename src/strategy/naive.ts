import { closed } from '../codec/closed.js'
import { plugin } from './plugin.js'

/** Plain training on one experience after the other: the lower baseline, and the identity of `combine`. */
export const naive = plugin({
  name: 'naive',
  sources: [{ paper: 'McCloskey & Cohen 1989', equation: '-', variant: 'sequential training, no mechanism' }],
  options: closed('options of naive', {}),
  make: () => [],
})

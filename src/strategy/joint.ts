import { closed } from '../codec/closed.js'
import { plugin } from './plugin.js'

/**
 * Plain training on all contexts at once, for as many steps as the contexts have together: the upper baseline. Its accuracy matrix
 * has one row. In task-incremental streams each batch has ceil(batch / contexts) rows of every context, as in the reference code.
 */
export const joint = plugin({
  name: 'joint',
  sources: [
    {
      paper: 'van de Ven, Tuytelaars & Tolias 2022',
      equation: '-',
      variant: 'iterations x contexts on the union, from scratch',
    },
  ],
  options: closed('options of joint', {}),
  stream: 'merged',
  make: () => [],
})

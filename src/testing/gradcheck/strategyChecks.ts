/** The terms of a strategy as instances: the gradient of each in the parameters. */
import { simplify } from '../../graph/simplify.js'
import type { AnyStrategy } from '../../strategy/anyStrategy.js'
import { asFunction } from '../asFunction.js'
import { strategyTerms } from '../strategyTerms.js'
import { differentiated } from './differentiated.js'
import type { Instance } from './item.js'

/** One instance for each term, awake and in each phase, as if `experience` experiences were finished. Everything but the parameters is data. */
export const strategyChecks = (label: string, strategy: AnyStrategy, experience = 2): readonly Instance[] =>
  strategyTerms(strategy, experience).map(({ step, term, value, env }) => {
    const { f, args } = asFunction({ [term]: simplify([value])[0] ?? value }, env)
    return differentiated({
      name: `${label}${label === '' ? '' : ', '}${step}: ${term}`,
      f,
      args: args.map((arg) => (arg.name === 'params' ? arg : { ...arg, fixed: true })),
    })
  })

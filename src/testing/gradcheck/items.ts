/** Everything that Engram differentiates, as items to check. */
import { activationItems } from './activations.js'
import type { Item } from './item.js'
import { layerItems } from './layers.js'
import { lossItems } from './losses.js'
import { modelItems } from './models.js'
import { optimiserItems } from './optimisers.js'
import { primitiveItems } from './primitives.js'
import { strategyItems } from './strategies.js'

/** All items, kind after kind. */
export const allItems = (): readonly Item[] => [
  ...primitiveItems,
  ...activationItems,
  ...lossItems,
  ...layerItems,
  ...modelItems,
  ...strategyItems(),
  ...optimiserItems,
]

/** Rules for initial weights and biases, by name. */
import { oneOfNames, type Rule } from '../graph/options.js'
import { glorot, glorotNormal } from './initialisers/glorot.js'
import { he, heUniform } from './initialisers/he.js'
import { lecun, lecunUniform } from './initialisers/lecun.js'
import { orthogonal } from './initialisers/orthogonal.js'
import { pytorch } from './initialisers/pytorch.js'

/** Initialisers by name, as benchmark files call them. */
export const initialisers = {
  pytorch,
  glorot,
  glorotNormal,
  he,
  heUniform,
  lecun,
  lecunUniform,
  orthogonal,
} as const

/** A name in `initialisers`. */
export type InitialiserName = keyof typeof initialisers

/** What constructors ask of the name of an initialiser. */
export const initialiserRule: Rule = oneOfNames(Object.keys(initialisers))

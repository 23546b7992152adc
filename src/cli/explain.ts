import { nearest } from '../codec/nearest.js'
import { describe } from '../codec/problem.js'
import type { AppError } from '../shell/error.js'
import { some } from './text.js'

/** An expected failure as text: what was wrong, where, and what would be right. */
export const explain = (error: AppError): string => {
  switch (error._tag) {
    case 'FileUnreadable':
      return `cannot read ${error.path}: ${error.reason}`
    case 'FileUnwritable':
      return `cannot write ${error.path}: ${error.reason}`
    case 'NotJson':
      return `${error.path} is not JSON: ${error.reason}`
    case 'Invalid':
      return [`${error.where}:`, ...error.problems.map((problem) => `  ${describe(problem)}`)].join('\n')
    case 'NameUnknown':
      return unknownName(error)
    case 'Refused':
      return `${error.where}: ${error.reason}`
    case 'ResultDamaged':
      return `${explain(error.cause)}\n  delete the file, or run again with --force, which replaces what it runs`
    case 'ResultDiffers':
      return [
        `${error.path} holds the result of another configuration (hash ${error.found}, this run is ${error.expected})`,
        `  they differ in ${some(error.keys)}`,
        '  keep both with another --out folder, or replace it with --force',
      ].join('\n')
    case 'ResultsMixed':
      return [
        `${error.folder} holds results that were not made like these (${some(error.labels)}): they differ in ${some(error.keys)}`,
        '  choose another folder with --out, or mix them all the same with --force',
      ].join('\n')
    case 'TooLarge':
      return `method '${error.label}' needs ${gigabytes(error.needed)} of memory for one run; the limit is ${gigabytes(error.limit)}: lower capacity, hidden, filters or batch`
    case 'DatasetMissing':
      return `the data set '${error.dataset}' is not on this machine\n  get it with: ${error.get}`
    case 'FileCorrupt':
      return `${error.path} is damaged: expected ${error.expected}, found ${error.found}\n  reinstall: npm ci`
  }
}

const gigabytes = (bytes: number): string =>
  `${bytes < 1e13 ? (bytes / 1e9).toFixed(1) : (bytes / 1e9).toExponential(1)} GB`

const unknownName = ({ what, name, looked, known }: Extract<AppError, { readonly _tag: 'NameUnknown' }>): string => {
  const near = nearest(name, known)
  return [
    `there is no ${what} '${name}'${near === undefined ? '' : `; did you mean '${near}'?`}`,
    ...looked.map((path) => `  looked for ${path}`),
    ...(known.length === 0 ? [] : [`  known: ${known.join(', ')}`]),
  ].join('\n')
}

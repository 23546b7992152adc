/** A failing call as code that can be pasted into a test. */
import type { ArgumentSpec } from './argument.js'
import type { CheckName, GradientOptions } from './options.js'
import type { Differentiable } from './problem.js'

/** The shortest decimal that stands for an f32. */
export const shortest = (x: number): string => {
  if (!Number.isFinite(x) || Number.isInteger(x)) return Object.is(x, -0) ? '-0' : String(x)
  for (let digits = 1; digits < 9; digits++) {
    const text = Number(x.toPrecision(digits))
    if (Math.fround(text) === Math.fround(x)) return String(text)
  }
  return String(x)
}

/** What a bundler for tests makes of imported names, undone. */
const source = (f: Differentiable): string =>
  String(f)
    .replace(/\(0,\s*__vi(?:te_ssr)?_import_\d+__\.(\w+)\)/g, '$1')
    .replace(/__vi(?:te_ssr)?_import_\d+__\./g, '')

/** Its name, or its source where that is short. */
export const nameOf = (f: Differentiable): string => {
  if (/^[A-Za-z_$][\w$]*$/.test(f.name)) return f.name
  const text = source(f)
  return text.length <= 160 && !text.includes('\n') ? text : 'f'
}

const argumentText = ({ shape, values, below, dtype, fixed, name }: ArgumentSpec): string => {
  const parts = [
    `shape: [${shape.join(', ')}]`,
    ...(below === undefined ? [] : [`below: ${below}`]),
    ...(dtype === undefined ? [] : [`dtype: '${dtype}'`]),
    ...(fixed === true ? ['fixed: true'] : []),
    ...(name === undefined ? [] : [`name: ${JSON.stringify(name)}`]),
    `values: [${Array.from(values ?? [], shortest).join(', ')}]`,
  ]
  return `{ ${parts.join(', ')} }`
}

/** `checkGradients(loss, [{ shape: [1], values: [2] }], { seed: 0, only: ['differences'] })` on several lines, with its import. */
export const counterexample = (
  f: Differentiable,
  args: readonly ArgumentSpec[],
  { seed = 0, entries, directions, differencesOf, env }: GradientOptions,
  check: CheckName,
): string => {
  const options = [
    `seed: ${seed}`,
    `only: ['${check}']`,
    ...(entries === undefined ? [] : [`entries: ${entries}`]),
    ...(directions === undefined ? [] : [`directions: ${directions}`]),
    ...(differencesOf === undefined ? [] : [`differencesOf: '${differencesOf}'`]),
    ...(env === undefined ? [] : ['env']),
  ]
  return [
    "import { it } from 'vitest'",
    "import { checkGradients } from 'engram/testing'",
    '',
    "it('has the right gradient', () => {",
    `  checkGradients(${nameOf(f)}, [`,
    ...args.map((spec) => `    ${argumentText(spec)},`),
    `  ], { ${options.join(', ')} })`,
    '})',
  ].join('\n')
}

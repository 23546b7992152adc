/**
 * Checks the dependency rules of `.dependency-cruiser.mjs`, and that the tool looked at every module there is.
 * dependency-cruiser reports "0 modules cruised" as success when it cannot load the compiler, so the count is the gate.
 */
import { readdirSync } from 'node:fs'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractRules from 'dependency-cruiser/config-utl/extract-depcruise-config'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'

const present = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((name) => `src/${name.replaceAll('\\', '/')}`)
  .filter((name) => name.endsWith('.ts'))

const { options, ...ruleSet } = await extractRules('./.dependency-cruiser.mjs')
const { output } = await cruise(['src'], { ...options, ruleSet, validate: true, outputType: 'json' }, undefined, {
  tsConfig: extractTSConfig('tsconfig.json'),
})
const reasons = new Map(ruleSet.forbidden?.map(({ name, comment }) => [name, comment]))
const result: ICruiseResult = typeof output === 'string' ? JSON.parse(output) : output

const seen = new Set(result.modules.map((module) => module.source))
const missed = present.filter((name) => !seen.has(name))
const imports = result.modules
  .filter((module) => module.source.startsWith('src/'))
  .reduce((total, module) => total + module.dependencies.length, 0)
const written = present.length > 1 && imports === 0

const problems = [
  ...missed.map((name) => `${name}: not looked at by dependency-cruiser`),
  ...(present.length === 0 ? ['src: no TypeScript module found'] : []),
  ...(written ? ['src: modules were listed but no import was seen; is the TypeScript compiler supported?'] : []),
  ...result.summary.violations.map(({ from, to, rule, cycle }) => {
    const path = cycle ? [from, ...cycle.map((step) => step.name)].join(' → ') : from === to ? from : `${from} → ${to}`
    return `${path}\n  ${rule.name}: ${reasons.get(rule.name) ?? ''}`
  }),
]

for (const problem of problems) console.error(problem)
console.log(
  `layers: ${present.length - missed.length} of ${present.length} modules, ${imports} imports, ${problems.length} problems`,
)
process.exitCode = problems.length === 0 ? 0 : 1

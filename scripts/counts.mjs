/**
 * Prints `N passed, N failed` from vitest's JSON report: `node scripts/counts.mjs report.json exit-code`.
 * A stage that failed although no test did counts as one failure, so that the line never hides it.
 */
import { existsSync, readFileSync } from 'node:fs'

const [file = '', code = '0'] = process.argv.slice(2)
const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { numPassedTests: 0, numFailedTests: 0 }
const failed = report.numFailedTests === 0 && code !== '0' ? 1 : report.numFailedTests
console.log(`${report.numPassedTests} passed, ${failed} failed`)

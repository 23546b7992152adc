import { defineConfig } from 'vitest/config'

/** `ENGRAM_TEST_REPORT=file` also writes the counts as JSON; `.ci/run` reads them. */
const report = process.env['ENGRAM_TEST_REPORT']

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
})

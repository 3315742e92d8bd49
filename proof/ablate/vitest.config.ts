import { defineConfig } from 'vitest/config'

// The project `servers` without API and worker processes: they start slower than most of these tests run.
export default defineConfig({
  test: {
    name: 'servers',
    pool: 'forks',
    maxWorkers: '100%',
    include: ['**/*.servers.test.ts'],
    exclude: ['**/node_modules/**'],
    globalSetup: ['test/harness/setup/servers-only.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})

import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// `unit` needs nothing; `servers` meets real Redis, Kafka and MySQL, an API of two processes and a worker
// (test/harness/setup/whole-system.ts). Forks, because sockets and signals belong to a process; nothing is
// retried and nothing is skipped.
export default defineConfig({
  test: {
    pool: 'forks',
    // The files of one fork share what they import: to load it anew for each takes 1.6 s of CPU a file. No
    // module holds state that a test could leave behind.
    isolate: false,
    // Half as many again as there are cores, because tests wait for servers. On two cores they took 675 s
    // with three workers and 997 s with two, which left a third of the processors idle (2026-11-30).
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.servers.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'servers',
          include: ['**/*.servers.test.ts'],
          exclude: ['**/node_modules/**'],
          globalSetup: ['test/harness/setup/whole-system.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})

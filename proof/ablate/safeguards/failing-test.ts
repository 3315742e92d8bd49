import type { FailingTest } from '../safeguard.ts'

type InFile = (test: string, row?: string) => FailingTest

/** The tests of one file that need real servers. */
export const serversTest =
  (file: string): InFile =>
  (test, row) => ({ file: `${file}.servers.test.ts`, test, row, project: 'servers' })

/** The tests of one file that need no server. */
export const unitTest =
  (file: string): InFile =>
  (test, row) => ({ file: `${file}.test.ts`, test, row, project: 'unit' })

import type { CaughtBy, Edit } from '../safeguard.ts'

/** Edits of one file: each pair is what is written there, and what takes its place. */
export const editsOf =
  (file: string) =>
  (...pairs: readonly (readonly [find: string, replace: string])[]): Edit[] =>
    pairs.map(([find, replace]) => ({ file, find, replace }))

/** The tests of one file that meet real servers. */
export const serversTest =
  (file: string) =>
  (test: string, row?: string): CaughtBy => ({
    ...{ file: `${file}.servers.test.ts`, test, project: 'servers' },
    ...(row === undefined ? {} : { row }),
  })

/** The tests of one file that need nothing. */
export const unitTest =
  (file: string) =>
  (test: string, row?: string): CaughtBy => ({
    ...{ file: `${file}.test.ts`, test, project: 'unit' },
    ...(row === undefined ? {} : { row }),
  })

import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'firstcome-tables-'))))
afterAll(() => rm(folder, { recursive: true }))

/** Fills tables with this many rows, prints which files below the folder are open, and is killed. */
const program = (rows: number): string => `
  import { existsSync, readdirSync, readlinkSync } from 'node:fs'
  const { createSourceTables } = await import(${JSON.stringify(join(import.meta.dirname, 'source-tables.ts'))})
  const tables = createSourceTables()
  for (let rank = 1; rank <= ${rows}; rank += 1)
    tables.addRow({ couponId: 'coupon-' + rank, userId: 'user-' + rank, slot: 1, rank, epoch: 1 })
  const open = []
  for (const name of existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd') : []) {
    try {
      open.push(readlinkSync('/proc/self/fd/' + name))
    } catch {}
  }
  const files = open.filter((file) => file.startsWith(process.env.SQLITE_TMPDIR))
  process.stdout.write(String(files.length), () => process.kill(process.pid, 'SIGKILL'))`

const run = (rows: number): Promise<{ signal: unknown; openFiles: string }> =>
  new Promise((resolve) => {
    const environment = { ...process.env, SQLITE_TMPDIR: folder }
    execFile(
      process.execPath,
      ['--input-type=module', '--eval', program(rows)],
      { env: environment },
      (cause, stdout) => resolve({ signal: cause?.signal, openFiles: stdout }),
    )
  })

test.each([
  { rows: 1_000, openFiles: '0' },
  // Elsewhere than on Linux no process sees which files it has open.
  { rows: 200_000, openFiles: process.platform === 'linux' ? '1' : '0' },
])('tables of $rows rows have $openFiles files, and leave none when killed', async ({ rows, openFiles }) => {
  expect(await run(rows)).toEqual({ signal: 'SIGKILL', openFiles })
  expect(await readdir(folder)).toEqual([])
})

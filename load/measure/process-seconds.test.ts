import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  microsecondsByProcess,
  microsecondsEach,
  parseStat,
  readFolderSeconds,
  readProcessSeconds,
} from './process-seconds.ts'

test('a group and its seconds are read behind a name with blanks and brackets', () => {
  const stat = '4711 (a (b) c) S 1 4700 4700 0 -1 4194560 9 0 0 0 250 50 7 8 20 0 1 0 12345'
  expect(parseStat(stat)).toEqual({ group: 4_700, seconds: 3 })
})

test('microseconds are of each coupon, and none without a coupon or a reading', () => {
  expect(microsecondsEach(1, 1.5, 10_000)).toBe(50)
  expect(microsecondsEach(1, 1.5, 0)).toBeUndefined()
  expect(microsecondsEach(undefined, 1.5, 10)).toBeUndefined()
  expect(microsecondsByProcess({ api: 1, redis: 2 }, { api: 2, kafka: 9 }, 1_000)).toEqual({ api: 1_000 })
})

test('a process that npm start recorded is read, and one that it did not is left out', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'firstcome-seconds-'))
  try {
    const stat = parseStat(await readFile(`/proc/${process.pid}/stat`, 'utf8'))
    await mkdir(join(folder, 'api'))
    await writeFile(join(folder, 'api', 'process'), `${stat.group} some time\n`)
    const seconds = await readFolderSeconds(folder)
    expect(Object.keys(seconds)).toEqual(['api'])
    expect(seconds.api).toBeGreaterThanOrEqual(stat.seconds)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a process that is not there has no seconds', async () => {
  expect(await readProcessSeconds(process.pid)).toBeGreaterThan(0)
  expect(await readProcessSeconds(undefined)).toBeUndefined()
})

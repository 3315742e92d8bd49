import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  acquireFolder,
  forgetOwnAddresses,
  readEnvironment,
  readSecrets,
  writeEnvironment,
  writeOwnAddresses,
} from './launch-folder.ts'

let folder: string
const nothingGiven = { jwtSecret: undefined, adminToken: undefined }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firstcome-folder-'))
})

afterEach(() => rm(folder, { recursive: true }))

describe('secrets', () => {
  test('are random, readable by their owner only, and the same on the next start', async () => {
    const first = await readSecrets(folder, nothingGiven)
    expect(first.JWT_SECRET).toMatch(/^[0-9a-f]{64}$/)
    expect(first.ADMIN_TOKEN).not.toBe(first.JWT_SECRET)
    expect((await stat(join(folder, 'secrets'))).mode & 0o777).toBe(0o600)
    expect(await readSecrets(folder, nothingGiven)).toEqual(first)
  })

  test('that are given are used and not kept', async () => {
    const own = await readSecrets(folder, nothingGiven)
    const given = { jwtSecret: 'given for once', adminToken: undefined }
    expect(await readSecrets(folder, given)).toEqual({ ...own, JWT_SECRET: 'given for once' })
    expect(await readSecrets(folder, nothingGiven)).toEqual(own)
  })
})

test('the environment file reads back as it was written, whatever its values contain', async () => {
  const variables = { A: 'mysql://u:p#1@h/d?a=b', B: "it's \\n", C: ' a "b" ', D: '$A' }
  await writeEnvironment(folder, variables)
  expect(await readEnvironment(folder)).toEqual(variables)
})

describe('the folder', () => {
  test('that cannot be written is refused with the setting that names another', async () => {
    await writeFile(join(folder, 'file'), '')
    const refused = /^\/.*\/file\/inside cannot be written: set FIRSTCOME_FOLDER to .* \(ENOTDIR/
    await expect(acquireFolder(join(folder, 'file', 'inside'), false)).rejects.toThrow(refused)
    await expect(acquireFolder(join(folder, 'file'), false)).rejects.toThrow(/cannot be written: .*ENOTDIR/)
  })

  // In a process of its own: it would hold a thread of this one for ever.
  test.runIf(existsSync('/proc/self'))('where nothing can be created is refused at once', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, '..', 'main.ts')], {
      env: { PATH: process.env['PATH'], FIRSTCOME_FOLDER: '/proc/firstcome/inside' },
      encoding: 'utf8',
      timeout: 15_000,
      killSignal: 'SIGKILL',
    })
    expect(stderr).toContain('/proc/firstcome/inside cannot be written: set FIRSTCOME_FOLDER to')
    expect(status).toBe(1)
  })

  test('is emptied by --fresh of what the launcher keeps there, and of nothing else', async () => {
    for (const name of ['redis', 'photographs', 'kafka-jars']) {
      await mkdir(join(folder, name))
      await writeFile(join(folder, name, 'file'), name)
    }
    const release = await acquireFolder(folder, true)
    await expect(stat(join(folder, 'redis'))).rejects.toThrow('ENOENT')
    expect(await readFile(join(folder, 'photographs', 'file'), 'utf8')).toBe('photographs')
    expect(await readFile(join(folder, 'kafka-jars', 'file'), 'utf8')).toBe('kafka-jars')
    await release()
  })

  test('is refused while another launcher runs on it, and free again afterwards', async () => {
    const release = await acquireFolder(folder, false)
    await expect(acquireFolder(folder, false)).rejects.toThrow(`as process ${process.pid}`)
    await release()
    await (await acquireFolder(folder, false))()
  })
})

test('an address that this folder has given to the shell is forgotten, and one that was given to it is not', async () => {
  const environment = {
    REDIS_URL: 'redis://127.0.0.1:16379',
    KAFKA_BROKERS: 'elsewhere:9092',
    DATABASE_URL: 'mysql://firstcome:p@127.0.0.1:13306/firstcome',
  }
  await writeEnvironment(folder, environment)
  expect(await forgetOwnAddresses(folder, environment)).toEqual({})
  const program = { kind: 'program', program: '/usr/bin/server' } as const
  const kafka = { kind: 'address', address: environment.KAFKA_BROKERS } as const
  await mkdir(join(folder, 'launcher'))
  await writeOwnAddresses(folder, { environment, sources: { redis: program, kafka, database: program } })
  const another = { ...environment, DATABASE_URL: 'mysql://shop:p@db/shop' }
  expect(await forgetOwnAddresses(folder, another)).toEqual({ REDIS_URL: undefined })
  expect(await forgetOwnAddresses(folder, environment)).toEqual({
    REDIS_URL: undefined,
    DATABASE_URL: undefined,
  })
})

import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readSecrets, takeFolder, writeEnvironment } from './launch-folder.ts'

let folder: string
const nothingGiven = { jwtSecret: undefined, adminToken: undefined }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firstcome-folder-'))
})

afterEach(() => rm(folder, { recursive: true }))

test('secrets are random, for their owner only, and the same on the next start', async () => {
  const first = await readSecrets(folder, nothingGiven)
  expect(first.JWT_SECRET).toMatch(/^[0-9a-f]{64}$/)
  expect(first.ADMIN_TOKEN).not.toBe(first.JWT_SECRET)
  expect((await stat(join(folder, 'secrets'))).mode & 0o777).toBe(0o600)
  expect(await readSecrets(folder, nothingGiven)).toEqual(first)
})

test('a secret that is given is used, and not kept', async () => {
  const own = await readSecrets(folder, nothingGiven)
  const given = { jwtSecret: 'given for once', adminToken: undefined }
  expect(await readSecrets(folder, given)).toEqual({ ...own, JWT_SECRET: 'given for once' })
  expect(await readSecrets(folder, nothingGiven)).toEqual(own)
})

test('the environment file reads back as it was, whatever is in a value', async () => {
  const variables = { A: 'mysql://u:p#1@h/d?a=b', B: "it's \\n", C: ' a "b" ', D: '$A' }
  const file = await writeEnvironment(folder, variables)
  expect(parseEnv(await readFile(file, 'utf8'))).toEqual(variables)
})

test('--fresh empties what is ours, and nothing else', async () => {
  for (const name of ['redis', 'photographs', 'kafka-jars']) {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'file'), name)
  }
  const giveBack = await takeFolder(folder, true)
  await expect(stat(join(folder, 'redis'))).rejects.toThrow('ENOENT')
  expect(await readFile(join(folder, 'photographs', 'file'), 'utf8')).toBe('photographs')
  expect(await readFile(join(folder, 'kafka-jars', 'file'), 'utf8')).toBe('kafka-jars')
  await giveBack()
})

test('a folder on which another launcher runs is refused, and free again afterwards', async () => {
  const giveBack = await takeFolder(folder, false)
  await expect(takeFolder(folder, false)).rejects.toThrow(`as process ${process.pid}`)
  await giveBack()
  await (await takeFolder(folder, false))()
})

import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type LaunchFacts, writeLaunchFacts } from '../launch/launch-facts.ts'
import { acquireFolder, writeEnvironment } from '../launch/launch-folder.ts'
import { readStatus } from './read-status.ts'
import { statusDocument, statusText } from './report.ts'

let folder: string
let release: (() => Promise<void>) | undefined
let api: Server

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firstcome-status-'))
  api = createServer((_, response) => response.end()).listen(0, '127.0.0.1')
  await once(api, 'listening')
})

afterEach(async () => {
  await release?.()
  release = undefined
  api.close()
  await rm(folder, { recursive: true })
})

const server = { product: 'Redis', version: '7.0.15', address: 'redis://127.0.0.1:1', origin: 'a test' }

const startAll = async (): Promise<LaunchFacts> => {
  release = await acquireFolder(folder, false)
  const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
  const facts = {
    startedAt: '2026-11-28T12:00:00.000Z',
    folder,
    api: { url, metricsUrl: 'http://127.0.0.1:1/metrics' },
    worker: { url: 'http://127.0.0.1:1', metricsUrl: 'http://127.0.0.1:2/metrics' },
    servers: {
      redis: server,
      kafka: { ...server, product: 'Kafka' },
      database: { ...server, product: 'MariaDB' },
    },
    campaign: { id: 'c1', name: 'Demo', stock: 10_000, opensAt: '2026-11-28T12:00:20.000Z' },
    user: 'alice',
  }
  await writeLaunchFacts(facts)
  await writeEnvironment(folder, { JWT_SECRET: 'the secret of the tests' })
  return facts
}

describe('while nothing runs', () => {
  test('the status says so', async () => {
    const status = await readStatus(folder)
    expect(await statusText(status)).toBe(`firstcome is not running on ${folder}. npm start starts it.\n`)
    expect(statusDocument(status)).toEqual({ state: 'stopped', folder })
  })

  test('the facts of a launcher that was killed are not shown', async () => {
    await startAll()
    await release?.()
    expect((await readStatus(folder)).state).toBe('stopped')
  })
})

test('while npm start starts, the status says so, whatever ran before', async () => {
  await startAll()
  await release?.()
  release = await acquireFolder(folder, false)
  const status = await readStatus(folder)
  expect(status).toEqual({ state: 'starting-or-stopping', folder, pid: process.pid })
  expect(await statusText(status)).toContain(`starting or stopping on ${folder}`)
})

describe('while everything runs', () => {
  test('the status is the banner, with what each process answers about its health', async () => {
    const facts = await startAll()
    const text = await statusText(await readStatus(folder))
    expect(text).toContain(
      `firstcome has been running since 2026-11-28 12:00:00 UTC (npm start is process ${process.pid}).`,
    )
    expect(text).toContain(`  API       ${facts.api.url}   ready\n`)
    expect(text).toContain('  worker    http://127.0.0.1:1   not ready (no answer)\n')
    expect(text).toContain('  MariaDB   redis://127.0.0.1:1  7.0.15  a test\n')
    expect(text).toMatch(/Authorization: Bearer \S+\./)
  })

  test('the JSON has every fact and no secret', async () => {
    const { startedAt, servers, campaign } = await startAll()
    const document = statusDocument(await readStatus(folder))
    expect(document).toMatchObject({
      state: 'running',
      pid: process.pid,
      startedAt,
      api: { health: 'ready' },
      worker: { health: 'not ready (no answer)' },
      servers,
      campaign,
    })
    expect(JSON.stringify(document)).not.toMatch(/Bearer|token|secret/i)
  })
})

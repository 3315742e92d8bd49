import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HostCapabilities, obtainServerSources, detectHost } from './obtain-servers.ts'
import { createProgressDisplay } from '../../platform/progress-display.ts'

let folder: string
const progress = createProgressDisplay({ write: () => {} })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firstcome-obtain-'))
})

afterAll(() => rm(folder, { recursive: true }))

/** A machine without any of the programs, on which nothing may be installed. */
const bareMachine = (machine: Partial<HostCapabilities> = {}): HostCapabilities => ({
  environment: { PATH: '/nowhere' },
  systemFolders: [],
  canInstall: false,
  hasDocker: async () => false,
  platform: 'linux',
  ...machine,
})

const obtain = (machine: HostCapabilities) =>
  obtainServerSources({ host: machine, progress, logFolder: folder })

test('a machine that has nothing is told everything that is missing, and the command that brings it', async () => {
  await expect(obtain(bareMachine())).rejects.toThrow(
    [
      'This machine has no',
      '  Redis  redis-server or valkey-server on PATH, or its address in REDIS_URL',
      '  Kafka  KAFKA_HOME or kafka-server-start, and Java 17; or Java 17 and mvn, or its address in KAFKA_BROKERS',
      '  MySQL  mysqld or mariadbd on PATH, or its address in DATABASE_URL',
      'They come with:  sudo apt-get install -y --no-install-recommends redis-server default-jre-headless maven mariadb-server',
      'or start a Docker engine, which runs them from docker-compose.yml.',
    ].join('\n'),
  )
})

test('only what is missing is named', async () => {
  const environment = { PATH: '/nowhere', REDIS_URL: 'redis://elsewhere', KAFKA_BROKERS: 'elsewhere:9092' }
  const refusal = obtain(bareMachine({ environment, platform: 'darwin' }))
  await expect(refusal).rejects.toThrow('They come with:  brew install mysql\n')
  await expect(refusal).rejects.not.toThrow('Redis')
})

test('addresses in the environment win over programs, and are used as they are', async () => {
  const environment = {
    PATH: process.env['PATH'],
    REDIS_URL: 'redis://elsewhere:1/2',
    KAFKA_BROKERS: 'a:1,b:2',
    DATABASE_URL: 'mysql://u:p@elsewhere/d',
  }
  expect(await obtain(detectHost(environment))).toEqual({
    redis: { kind: 'given', address: 'redis://elsewhere:1/2' },
    kafka: { kind: 'given', address: 'a:1,b:2' },
    database: { kind: 'given', address: 'mysql://u:p@elsewhere/d' },
  })
})

test('a Docker engine is taken for what is missing, and only for that', async () => {
  const environment = { PATH: '/nowhere', REDIS_URL: 'redis://elsewhere' }
  const sources = await obtain(bareMachine({ environment, hasDocker: async () => true }))
  expect(sources).toEqual({
    redis: { kind: 'given', address: 'redis://elsewhere' },
    kafka: { kind: 'docker' },
    database: { kind: 'docker' },
  })
})

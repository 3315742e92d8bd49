import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createProgressDisplay } from '../../platform/progress-display.ts'
import { detectHost, type Host } from './host.ts'
import { kafkaVersion } from './kafka-jars.ts'
import { obtainServerSources } from './obtain-servers.ts'

let folder: string
/** What was said and what was installed, in order. */
let events: string[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firstcome-obtain-'))
  events = []
})

afterEach(() => rm(folder, { recursive: true }))

/** A machine without programs, whose user is not root. Its installers record what they are asked for. */
const bareHost = (host: Partial<Host> = {}): Host => ({
  environment: { PATH: folder },
  systemFolders: [],
  kafkaJarsFolder: join(folder, 'jars'),
  packageManager: 'apt-get',
  isRoot: false,
  isPackageAvailable: async () => false,
  hasDockerEngine: async () => false,
  hasDockerImage: async () => false,
  install: {
    packages: async (packages) => void events.push(`apt-get ${packages.flat().join(' ')}`),
    jars: async (maven) => void events.push(maven),
    classArchive: async ({ jarsFolder }) => void events.push(`classes of ${jarsFolder}`),
    image: async (image) => void events.push(`docker ${image}`),
  },
  ...host,
})

const addProgram = async (name: string, script = ''): Promise<void> => {
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`)
  await chmod(join(folder, name), 0o755)
}

const obtain = (host: Host, mayInstall = true) =>
  obtainServerSources({
    host,
    mayInstall,
    progress: createProgressDisplay({ write: (text) => events.push(text) }),
    logFolder: folder,
  })

const elsewhere = {
  REDIS_URL: 'redis://elsewhere:1/2',
  KAFKA_BROKERS: 'a:1,b:2',
  DATABASE_URL: 'mysql://u:p@elsewhere/d',
}

describe('before anything is installed', () => {
  test('the packages, their source and their purpose are announced', async () => {
    const environment = { PATH: folder, ...elsewhere, DATABASE_URL: '' }
    const install = {
      ...bareHost().install,
      packages: async (packages: readonly (readonly string[])[]) => {
        events.push(`apt-get ${packages.flat().join(' ')}`)
        await addProgram('mariadbd')
      },
    }
    const sources = await obtain(bareHost({ environment, isRoot: true, install }))
    expect(sources.database).toEqual({ kind: 'program', program: join(folder, 'mariadbd') })
    expect(events).toEqual([
      [
        'A database is missing on this machine. Installing now:',
        '',
        "From Debian's archive as /etc/apt names it, with apt-get, into the system:",
        '  mariadb-server            stores the coupons',
        'and the packages that they depend on.',
        'No service is started now. Where systemd runs, it starts mariadb at the next boot.',
        '',
        'Ctrl-C stops it. With --no-install nothing is installed and the commands are printed.',
        '\n',
      ].join('\n'),
      'apt-get mariadb-server',
      'Installed.\n\n',
    ])
  })

  test('the jars, their source and their folder are announced', async () => {
    const environment = { PATH: folder, KAFKA_HOME: folder, ...elsewhere, KAFKA_BROKERS: '' }
    await addProgram('java', 'echo \'openjdk version "17.0.15"\' >&2')
    await addProgram('mvn')
    const install = {
      ...bareHost().install,
      jars: async (maven: string) => {
        events.push(maven)
        await mkdir(join(folder, 'libs'))
      },
    }
    await obtain(bareHost({ environment, install }))
    expect(events[0]).toContain('From Maven Central, with mvn, into ')
    expect(events[0]).toContain('kafka-jars (43 MB; Maven keeps a copy in ~/.m2):')
    expect(events[0]).toContain(`  Kafka ${kafkaVersion} `)
    // A first start of Kafka then takes as long as every later one.
    expect(events.slice(1, 3)).toEqual([join(folder, 'mvn'), `classes of ${join(folder, 'libs')}`])
  })

  test('the Docker images are announced, and only those that Docker does not have', async () => {
    const environment = { PATH: folder, DATABASE_URL: elsewhere.DATABASE_URL }
    const hasDockerImage = async (image: string) => image.startsWith('redis')
    const host = bareHost({ environment, hasDockerEngine: async () => true, hasDockerImage })
    const sources = await obtain(host)
    expect(sources.redis).toEqual({ kind: 'docker' })
    expect(events[0]).toContain('From Docker Hub, with docker pull, into Docker:\n  apache/kafka:')
    expect(events[0]).not.toContain('  redis:')
    expect(events[1]).toMatch(/^docker apache\/kafka:/)
  })
})

describe('with --no-install', () => {
  test('nothing is installed, and the exact commands are printed', async () => {
    const isPackageAvailable = async (name: string) => name !== 'openjdk-21-jre-headless'
    const refusal = obtain(bareHost({ isRoot: true, isPackageAvailable }), false)
    await expect(refusal).rejects.toThrow(
      'Redis, Kafka, and a database are missing on this machine. Nothing was installed (--no-install).\n',
    )
    await expect(refusal).rejects.toThrow(
      [
        'npm run setup installs this. By hand:',
        '',
        '  apt-get update',
        '  apt-get install -y --no-install-recommends redis-server openjdk-17-jre-headless maven mariadb-server',
        '  mvn --batch-mode ',
      ].join('\n'),
    )
    await expect(refusal).rejects.toThrow(
      'Or start them elsewhere and give their addresses in REDIS_URL, KAFKA_BROKERS, and DATABASE_URL.',
    )
    expect(events).toEqual([])
  })

  test('an image that Docker does not have is not pulled', async () => {
    const host = bareHost({ packageManager: undefined, hasDockerEngine: async () => true })
    await expect(obtain(host, false)).rejects.toThrow(/ {2}docker pull redis:\S+\n {2}docker pull apache/)
    expect(events).toEqual([])
  })

  test('servers that this machine has are used', async () => {
    expect(await obtain(bareHost({ environment: { PATH: folder, ...elsewhere } }), false)).toMatchObject({
      redis: { kind: 'address' },
    })
  })
})

describe('what cannot be installed here', () => {
  test('is listed at once, with the commands that install it', async () => {
    await expect(obtain(bareHost())).rejects.toThrow(
      [
        'Missing on this machine:',
        '  Redis     redis-server or valkey-server on PATH; or its address in REDIS_URL',
        '  Kafka     Java 17, and KAFKA_HOME, kafka-server-start or mvn; or its address in KAFKA_BROKERS',
        '  database  mysqld or mariadbd on PATH; or its address in DATABASE_URL',
        '',
        'To install them:',
        '',
        '  sudo apt-get update',
        '  sudo apt-get install -y --no-install-recommends redis-server default-jre-headless maven mariadb-server',
        '',
        'Or start a Docker engine: it runs them from docker-compose.yml.',
      ].join('\n'),
    )
    expect(events).toEqual([])
  })

  test('is listed without what this machine has', async () => {
    const environment = { PATH: folder, ...elsewhere, DATABASE_URL: '' }
    const refusal = obtain(bareHost({ environment, packageManager: 'brew' }))
    await expect(refusal).rejects.toThrow('  brew install mysql\n')
    await expect(refusal).rejects.not.toThrow('Redis')
  })
})

describe('a server', () => {
  test('with an address in the environment is used as it is, before any program', async () => {
    expect(await obtain(detectHost({ PATH: process.env['PATH'], ...elsewhere }))).toEqual({
      redis: { kind: 'address', address: 'redis://elsewhere:1/2' },
      kafka: { kind: 'address', address: 'a:1,b:2' },
      database: { kind: 'address', address: 'mysql://u:p@elsewhere/d' },
    })
  })

  test('runs in Docker when it is missing and an engine answers, and only then', async () => {
    const environment = { PATH: folder, REDIS_URL: 'redis://elsewhere' }
    const sources = await obtain(bareHost({ environment, hasDockerEngine: async () => true }))
    expect(sources).toEqual({
      redis: { kind: 'address', address: 'redis://elsewhere' },
      kafka: { kind: 'docker' },
      database: { kind: 'docker' },
    })
  })
})

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { dockerServices } from '../docker-services.ts'
import { serverNames } from '../install/find-servers.ts'
import { installedVersion } from './installed-version.ts'
import { versionOfKafkaJars } from './kafka-version.ts'
import { parseDatabaseVersion, parseRedisInfo, parseRedisProgram } from './product-version.ts'

describe('a server is called by the product that it is', () => {
  test.each([
    [
      'mysqld  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)',
      'MariaDB',
      '10.11.19',
    ],
    ['10.11.19-MariaDB-0+deb12u1', 'MariaDB', '10.11.19'],
    ['/usr/sbin/mysqld  Ver 8.4.10 for Linux on x86_64 (MySQL Community Server - GPL)', 'MySQL', '8.4.10'],
    ['8.4.10-0ubuntu0.24.04.1', 'MySQL', '8.4.10'],
  ])('database %s', (text, product, version) => {
    expect(parseDatabaseVersion(text)).toEqual({ product, version })
  })

  test.each([
    ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64', 'Redis', '7.0.15'],
    ['Valkey server v=8.1.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64', 'Valkey', '8.1.1'],
  ])('program %s', (text, product, version) => {
    expect(parseRedisProgram(text)).toEqual({ product, version })
  })

  test.each([
    ['# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\n', 'Redis', '7.0.15'],
    ['# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.1\r\n', 'Valkey', '8.1.1'],
  ])('INFO %j', (info, product, version) => {
    expect(parseRedisInfo(info)).toEqual({ product, version })
  })
})

describe('the version', () => {
  test('of Kafka is that of its main jar', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'firstcome-jars-'))
    for (const name of ['kafka-clients-4.0.0.jar', 'kafka_2.13-4.1.1.jar'])
      await writeFile(join(folder, name), '')
    expect(versionOfKafkaJars(folder)).toBe('4.1.1')
    await rm(folder, { recursive: true })
  })

  test.each(Object.entries(dockerServices))('of %s in Docker is that of its image', async (name) => {
    const docker = { kind: 'docker' } as const
    const sources = { redis: docker, kafka: docker, database: docker }
    const server = serverNames.find((one) => one === name) ?? 'redis'
    expect((await installedVersion(server, sources)).version).toMatch(/^\d+\.\d+\.\d+$/)
  })
})

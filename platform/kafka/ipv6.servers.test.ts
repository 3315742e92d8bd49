import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { findFreePort } from '../../servers/ports.ts'
import { type KafkaServer, startKafka } from '../../servers/start-kafka.ts'
import { askKafkaVersion } from '../../servers/versions/kafka-version.ts'
import { findKafkaProgram } from '../../test/harness/servers/brokers.ts'
import { canConnect } from '../can-connect.ts'
import { createLogger } from '../log/logger.ts'
import { createKafka, type KafkaCluster } from './client.ts'
import { describeKafka } from './describe-kafka.ts'
import { createProducer } from './producer.ts'
import { createTopicAdmin } from './topic-admin.ts'

let server: KafkaServer
let kafka: KafkaCluster
let address: string

/** A broker that names itself by an IPv6 address. This one also reaches it where there is no `::1`. */
beforeAll(async () => {
  const [port, controllerPort, named] = [await findFreePort(), await findFreePort(), await findFreePort()]
  const folder = join(inject('folder'), `kafka-ipv6-${port}`)
  address = `[::ffff:127.0.0.1]:${named}`
  server = await startKafka({
    ...{ folder, port, controllerPort, heapMaxMb: 192 },
    program: await findKafkaProgram(folder),
    extraSettings: {
      listeners: `PLAINTEXT://127.0.0.1:${port},NAMED://127.0.0.1:${named},CONTROLLER://127.0.0.1:${controllerPort}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},NAMED://${address}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,NAMED:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'log.cleaner.dedupe.buffer.size': '4194304',
    },
  })
  const log = createLogger('test', 'silent')
  kafka = createKafka({ brokers: [address], clientId: 'firstcome-test', log, requestTimeoutMs: 10_000 })
})
afterAll(() => server?.stop())

test('a broker at an IPv6 address is reached by the given address, and by the one that it names', async () => {
  const topics = createTopicAdmin(kafka)
  const producer = createProducer(kafka)
  await topics.create([{ topic: 'test.ipv6', partitions: 1, replicationFactor: 1, settings: {} }])
  await producer.append('test.ipv6', 0, [{ value: 'one' }])
  expect(await topics.offsets('test.ipv6')).toEqual([{ partition: 0, first: 0, end: 1 }])
  const { brokers } = await describeKafka(kafka, { topics: [], brokerSettings: [], timeoutMs: 10_000 })
  expect(brokers.map((broker) => broker.address)).toEqual([address])
  await Promise.all([producer.close(), topics.close()])
})

test('checks of a broker at an IPv6 address reach it', async () => {
  expect(await canConnect(address, 5_000)).toBe(true)
  expect(await askKafkaVersion({ brokers: [address] })).toMatch(/^4\.\d/)
})

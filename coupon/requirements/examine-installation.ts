import { canConnect } from '../../platform/can-connect.ts'
import { addressWithoutSecrets } from '../../platform/connections/redis-address.ts'
import { Failure, messageOf } from '../../platform/failure.ts'
import type { KafkaCluster } from '../../platform/kafka/client.ts'
import { describeKafka } from '../../platform/kafka/describe-kafka.ts'
import type { Database } from '../../platform/mysql/database.ts'
import { readMachineLimits } from '../../platform/process/machine-limits.ts'
import type { RedisClient } from '../../platform/redis.ts'
import { withTimeout } from '../../platform/with-timeout.ts'
import { databaseRequirements } from './database.ts'
import { readDatabase } from './database-reading.ts'
import { type Examination, type Finding, type FindingPlace, findingsOf, type Requirement } from './finding.ts'
import {
  brokerSettings,
  type KafkaReading,
  kafkaRequirements,
  type WantedTopics,
  wantedShapes,
} from './kafka.ts'
import { machineRequirements } from './machine.ts'
import { redisRequirements } from './redis.ts'
import { readRedis } from './redis-reading.ts'

/** The servers of one installation, and what the operator set. */
export type Installation = {
  redis: RedisClient
  redisUrl: string
  kafka: KafkaCluster
  brokers: readonly string[]
  database: Database
  databaseUrl: string
  topics?: WantedTopics
  /** Connections of one API process on this machine; left out where none runs. */
  connectionsMax?: number
  now(): number
}

/** A server must answer within this time, and a place must be examined within the second. */
const answerTimeoutMs = 3_000
const examinationTimeoutMs = 12_000

type Target = { place: FindingPlace; setting: string; address: string }

const unreachable = ({ place, setting, address }: Target, found: string): Finding => ({
  place,
  name: 'reachable',
  level: 'failed',
  found,
  expected: `an answer from ${address}`,
  fix: `start it, or correct address, user and password in ${setting}, or the settings of its TLS`,
  why: 'While a server does not answer, presses get 503 or 202, never a guess (promise 7)',
})

const examine = async <Reading>(
  target: Target,
  requirements: readonly Requirement<Reading>[],
  read: () => Promise<Reading>,
): Promise<Examination> => {
  const { place, address } = target
  try {
    const reading = await withTimeout(read(), examinationTimeoutMs, `${place}: no answer`)
    return { place, address, isRead: true, findings: findingsOf(place, requirements, reading) }
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause
    return { place, address, isRead: false, findings: [unreachable(target, messageOf(cause))] }
  }
}

const examineRedis = ({ redis, redisUrl, now }: Installation): Promise<Examination> =>
  examine(
    { place: 'Redis', setting: 'REDIS_URL', address: addressWithoutSecrets(redisUrl) },
    redisRequirements,
    async () => {
      await redis.waitForConnection(answerTimeoutMs)
      return readRedis(redis, now)
    },
  )

const findSilent = async (brokers: readonly string[]): Promise<string[]> => {
  const answers = await Promise.all(brokers.map((address) => canConnect(address, answerTimeoutMs)))
  return brokers.filter((_, index) => answers[index] !== true)
}

const examineKafka = ({ kafka, brokers, topics: wanted = {} }: Installation): Promise<Examination> =>
  examine(
    { place: 'Kafka', setting: 'KAFKA_BROKERS', address: brokers.join(',') },
    kafkaRequirements({ brokers, wanted }),
    async (): Promise<KafkaReading> => {
      const [silent, description] = await Promise.all([
        findSilent(brokers),
        describeKafka(kafka, {
          topics: wantedShapes(wanted).map(({ topic }) => topic),
          brokerSettings,
          timeoutMs: examinationTimeoutMs - 2_000,
        }),
      ])
      return { ...description, given: brokers, silent }
    },
  )

const examineDatabase = ({ database, databaseUrl, now }: Installation): Promise<Examination> =>
  examine(
    { place: 'database', setting: 'DATABASE_URL', address: addressWithoutSecrets(databaseUrl) },
    databaseRequirements,
    () => readDatabase(database, now),
  )

const examineMachine = (connectionsMax: number): Promise<Examination> =>
  examine(
    { place: 'machine', setting: '', address: 'this one' },
    machineRequirements(connectionsMax),
    readMachineLimits,
  )

/**
 * Examines the servers and this machine side by side and changes nothing. A server that does not answer takes
 * at most 12 s and does not affect the others.
 */
export const examineInstallation = (installation: Installation): Promise<Examination[]> =>
  Promise.all([
    examineRedis(installation),
    examineKafka(installation),
    examineDatabase(installation),
    ...(installation.connectionsMax === undefined ? [] : [examineMachine(installation.connectionsMax)]),
  ])

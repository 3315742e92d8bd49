import { Failure, messageOf } from '../../platform/failure.ts'
import type { KafkaCluster } from '../../platform/kafka/client.ts'
import { describeKafka } from '../../platform/kafka/describe-kafka.ts'
import { readMachineLimits } from '../../platform/process/machine-limits.ts'
import type { Database } from '../../platform/mysql/database.ts'
import { canConnect } from '../../platform/can-connect.ts'
import type { RedisClient } from '../../platform/redis.ts'
import { withTimeout } from '../../platform/with-timeout.ts'
import { databaseRequirements } from './database.ts'
import { readDatabase } from './database-reading.ts'
import { type Examination, type Finding, findingsOf, type Place, type Requirement } from './finding.ts'
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

/** The servers of one installation, and what they were asked to be. */
export type Installation = {
  redis: RedisClient
  redisUrl: string
  /** What the connection complained of last. */
  redisFault?(): string | undefined
  kafka: KafkaCluster
  brokers: readonly string[]
  database: Database
  databaseUrl: string
  topics?: WantedTopics
  /** Connections that an API process on this machine takes; left out where none runs. */
  connectionsMax?: number
  now(): number
}

/** How long a server may take to answer at all, and until one place is given up. */
const reachMs = 3_000
const examinationMaxMs = 12_000

/** An address as it may be shown: without user, password and parameters. */
const shown = (url: string): string => {
  const parsed = URL.parse(url)
  return parsed === null ? 'an address that is none' : `${parsed.protocol}//${parsed.host}${parsed.pathname}`
}

const unreached = (place: Place, setting: string, address: string, found: string): Finding => ({
  ...{ place, name: 'reachable', status: 'fail', found, expected: `an answer from ${address}` },
  mend: `start it, or correct ${setting}: address, user, password`,
  why: 'What cannot be asked is 503 or 202 to people, never a guess (promise 7)',
})

const examine = async <Reading>(
  { place, setting, address }: { place: Place; setting: string; address: string },
  requirements: readonly Requirement<Reading>[],
  read: () => Promise<Reading>,
): Promise<Examination> => {
  try {
    const reading = await withTimeout(read(), examinationMaxMs, `${place}: no answer`)
    return { place, address, isRead: true, findings: findingsOf(place, requirements, reading) }
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause
    return { place, address, isRead: false, findings: [unreached(place, setting, address, messageOf(cause))] }
  }
}

const examineRedis = ({ redis, redisUrl, redisFault, now }: Installation): Promise<Examination> =>
  examine({ place: 'Redis', setting: 'REDIS_URL', address: shown(redisUrl) }, redisRequirements, async () => {
    try {
      await redis.waitForConnection(reachMs)
    } catch (cause) {
      const fault = redisFault?.()
      if (fault === undefined) throw cause
      throw new Failure('unavailable', `${messageOf(cause)}: ${fault}`, { cause })
    }
    return readRedis(redis, now)
  })

const silentOf = async (brokers: readonly string[]): Promise<string[]> => {
  const reached = await Promise.all(brokers.map((address) => canConnect(address, reachMs)))
  return brokers.filter((_, index) => reached[index] !== true)
}

const examineKafka = ({ kafka, brokers, topics: wanted = {} }: Installation): Promise<Examination> =>
  examine(
    { place: 'Kafka', setting: 'KAFKA_BROKERS', address: brokers.join(',') },
    kafkaRequirements({ brokers, wanted }),
    async (): Promise<KafkaReading> => {
      const [silent, description] = await Promise.all([
        silentOf(brokers),
        describeKafka(kafka, {
          topics: wantedShapes(wanted).map(({ topic }) => topic),
          brokerSettings,
          timeoutMs: examinationMaxMs - 2_000,
        }),
      ])
      return { ...description, given: brokers, silent }
    },
  )

const examineDatabase = ({ database, databaseUrl, now }: Installation): Promise<Examination> =>
  examine(
    { place: 'database', setting: 'DATABASE_URL', address: shown(databaseUrl) },
    databaseRequirements,
    () => readDatabase(database, now),
  )

const examineMachine = (connectionsMax: number): Promise<Examination> =>
  examine(
    { place: 'machine', setting: '', address: 'this one' },
    machineRequirements(connectionsMax),
    readMachineLimits,
  )

/** Holds every requirement against the servers and this machine, side by side. Changes nothing; one that is silent leaves the others alone. */
export const examineInstallation = (installation: Installation): Promise<Examination[]> =>
  Promise.all([
    examineRedis(installation),
    examineKafka(installation),
    examineDatabase(installation),
    ...(installation.connectionsMax === undefined ? [] : [examineMachine(installation.connectionsMax)]),
  ])

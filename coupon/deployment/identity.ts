import { backoff } from '../../platform/backoff.ts'
import { Failure, messageOf } from '../../platform/failure.ts'
import type { TopicAdmin } from '../../platform/kafka/topic-admin.ts'
import type { TopicReader } from '../../platform/kafka/topic-reader.ts'
import type { Database } from '../../platform/mysql/database.ts'
import type { RedisClient } from '../../platform/redis.ts'
import { withTimeout } from '../../platform/with-timeout.ts'
import { readLedgerId } from './ledger-id.ts'
import { readLogId } from './log-id.ts'
import { claimRedisId, readRedisId } from './redis-id.ts'

/** The three servers that carry the id of a deployment. */
export type IdentityCarrier = 'database' | 'Kafka' | 'Redis'

/** What the carriers answered. One that is missing has no id, or did not answer. */
export type KnownIds = ReadonlyMap<IdentityCarrier, string>

/** `same`: every id that is known is this one; `unknown` names the carriers that did not answer. */
export type Identity = { id: string | undefined; unknown: readonly IdentityCarrier[] }

/**
 * Database, log and Redis belong to one deployment: `npm run migrate` makes its id, and all three carry it.
 */
export type DeploymentIdentity = {
  /**
   * Compares the ids of the servers that answer. A Redis without one is claimed once database and Kafka
   * agree. Rejects `refused`, with one sentence that says which server belongs to whom, when two differ or
   * the database has no id.
   */
  compare(): Promise<Identity>
  /** As `compare`. Rejects `unavailable` while one of these servers does not answer. */
  require(carriers: readonly IdentityCarrier[]): Promise<void>
}

export type DeploymentIdentityOptions = {
  database: Database
  topics: TopicAdmin
  reader: TopicReader
  /** Left out by commands that do not use Redis. */
  redis?: RedisClient
}

const settingOf: Record<IdentityCarrier, string> = {
  database: 'DATABASE_URL',
  Kafka: 'KAFKA_BROKERS',
  Redis: 'REDIS_URL',
}

/** One sentence about servers of different deployments, and what to do. `undefined` when all are of one. */
export const describeStrangers = (ids: KnownIds): string | undefined => {
  const owners = Map.groupBy(ids, ([, id]) => id)
  if (owners.size <= 1) return undefined
  const groups = [...owners].map(([id, carriers]) => {
    const names = carriers.map(([carrier]) => `${carrier} (${settingOf[carrier]})`)
    return `${names.join(' and ')} ${names.length === 1 ? 'belongs' : 'belong'} to deployment ${id}`
  })
  return `${groups.join(', but ')}: correct the address that is wrong; nothing was read or written`
}

const noIdentity = (carrier: IdentityCarrier): Failure =>
  new Failure(
    'refused',
    `${carrier} (${settingOf[carrier]}) has no identity of a deployment: run \`npm run migrate\``,
  )

/** A server that does not answer for this long is compared later. */
const answerTimeoutMs = 2_000

const readConnected = async (redis: RedisClient): Promise<string | undefined> => {
  await redis.waitForConnection(answerTimeoutMs)
  return readRedisId(redis)
}

export const createDeploymentIdentity = (options: DeploymentIdentityOptions): DeploymentIdentity => {
  const { database, topics, reader, redis } = options
  // The log's id cannot change while the topic exists, so it is read once.
  let logId: string | undefined

  const readKafka = async (): Promise<string | undefined> => {
    logId ??= await readLogId(topics, reader)
    return logId
  }

  const compare = async (): Promise<Identity> => {
    const carriers: (readonly [IdentityCarrier, () => Promise<string | undefined>])[] = [
      ['database', () => readLedgerId(database)],
      ['Kafka', readKafka],
      ...(redis === undefined ? [] : [['Redis', () => readConnected(redis)] as const]),
    ]
    const ids = new Map<IdentityCarrier, string>()
    const unknown: IdentityCarrier[] = []
    const answers = await Promise.allSettled(
      carriers.map(([carrier, read]) => withTimeout(read(), answerTimeoutMs, `${carrier}: no answer`)),
    )
    answers.forEach((answer, index) => {
      const carrier = carriers[index]?.[0]
      if (carrier === undefined) return
      if (answer.status === 'rejected') {
        if (answer.reason instanceof Failure && answer.reason.code === 'refused') throw answer.reason
        unknown.push(carrier)
      } else if (answer.value !== undefined) ids.set(carrier, answer.value)
      // Only Redis may have none: it lost its memory.
      else if (carrier !== 'Redis') throw noIdentity(carrier)
    })
    const id = ids.get('database') ?? ids.get('Kafka')
    // One of the two alone may be the one whose address is wrong.
    const isSure = ids.has('database') && ids.has('Kafka') && describeStrangers(ids) === undefined
    if (redis !== undefined && id !== undefined && isSure && !ids.has('Redis') && !unknown.includes('Redis'))
      await claimRedisId(redis, id).then(
        (claimed) => ids.set('Redis', claimed),
        () => unknown.push('Redis'),
      )
    const strangers = describeStrangers(ids)
    if (strangers !== undefined) throw new Failure('refused', strangers)
    return { id, unknown }
  }

  return {
    compare,
    async require(carriers) {
      const { unknown } = await compare()
      const missing = unknown.filter((carrier) => carriers.includes(carrier))
      if (missing.length > 0)
        throw new Failure('unavailable', `the identity of the deployment is unknown: ${missing.join(', ')}`)
    },
  }
}

/** Waits until these servers answered and belong to one deployment. Rejects `refused` when they do not. */
export const waitForIdentity = async (
  identity: DeploymentIdentity,
  carriers: readonly IdentityCarrier[],
  onWaiting: (reason: string) => void,
): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await identity.require(carriers)
    } catch (cause) {
      if (!(cause instanceof Failure) || cause.code === 'refused') throw cause
      onWaiting(messageOf(cause))
    }
    await backoff(attempt, 100, 2_000)
  }
}

/** A step that compares once more. It calls `onStranger` with the sentence when two ids differ. */
export const watchIdentity =
  (identity: DeploymentIdentity, onStranger: (sentence: string) => void) => async (): Promise<void> => {
    try {
      await identity.compare()
    } catch (cause) {
      if (cause instanceof Failure && cause.code === 'refused') onStranger(messageOf(cause))
    }
  }

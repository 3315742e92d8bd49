import { randomUUID, randomUUIDv7 } from 'node:crypto'
import { type Campaign, encodeDocument } from '../../../coupon/campaign.ts'
import type { GrantRequest } from '../../../coupon/gate/decision.ts'
import { createGate, type Gate } from '../../../coupon/gate/gate.ts'
import { freeKey, gateKey, gateLayout, outboxKey, winnersKey } from '../../../coupon/gate/keys.ts'
import { flipScript, stopScript } from '../../../coupon/gate/scripts.ts'
import { connectRedis, type RedisClient } from '../../../platform/redis.ts'
import { newUser } from '../processes/http-client.ts'

/** A gate made by the scripts alone, as arming makes it: in no list and in no ledger. */
export type ArmedGate = {
  id: string
  epoch: number
  redis: RedisClient
  gate: Gate
  keys: { gate: string; winners: string; outbox: string; free: string }
  /** Overwrites fields of the gate by hand. */
  set(fields: Record<string, string | number>): Promise<void>
  /** The fields of the gate. */
  fields(): Promise<Record<string, string>>
  /** Everything that Redis holds of this campaign. */
  content(): Promise<unknown>
}

export type GateChanges = Partial<
  Pick<Campaign, 'id' | 'stock' | 'state' | 'opensAtMs' | 'closesAtMs' | 'perUserLimit' | 'epoch' | 'version'>
> & {
  /** `<slot>:<user>` -> packed grant, as a rebuild writes them. */
  winners?: Record<string, string>
  free?: number[]
  nextRank?: number
  holdMs?: number
  outboxGrantsMax?: number
}

/** A client as an API process has it, ready to use. */
export const openRedis = async (url: string): Promise<RedisClient> => {
  const redis = connectRedis({ url, commandTimeoutMs: 5_000, onError: () => {} })
  await redis.waitForConnection(5_000)
  return redis
}

/** A request of a user that no other test has. */
export const grantRequest = (changes: Partial<GrantRequest> = {}): GrantRequest => ({
  userId: newUser(),
  slot: 1,
  couponId: randomUUIDv7(),
  ...changes,
})

export const grantRequests = (count: number): GrantRequest[] =>
  Array.from({ length: count }, () => grantRequest())

/** A reply of alternating names and values. */
export const pairsOf = (reply: unknown): Record<string, string> => {
  const flat = Array.isArray(reply) ? reply.map(String) : []
  return Object.fromEntries(flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? '']] : [])))
}

/** Everything under these keys, and whether it would ever expire. */
export const contentOf = async (redis: RedisClient, pattern: string): Promise<Record<string, unknown>> => {
  const keys = ((await redis.command('KEYS', pattern)) as string[]).sort()
  const read: Record<string, (key: string) => Promise<unknown>> = {
    hash: async (key) => pairsOf(await redis.command('HGETALL', key)),
    list: (key) => redis.command('LRANGE', key, 0, -1),
    stream: (key) => redis.command('XRANGE', key, '-', '+'),
  }
  const content: Record<string, unknown> = {}
  for (const key of keys) {
    const type = String(await redis.command('TYPE', key))
    content[key] = [await redis.command('PTTL', key), await read[type]?.(key)]
  }
  return content
}

/** Makes a gate that is open and has a stock of 10, unless `changes` say otherwise. */
export const armGate = async (redis: RedisClient, changes: GateChanges = {}): Promise<ArmedGate> => {
  const { id = randomUUIDv7(), epoch = 1, winners = {}, free = [], state = 'open' } = changes
  const { stock = 10, perUserLimit = 1, version = 1, holdMs = 0 } = changes
  const { opensAtMs = Date.now() - 60_000, closesAtMs = Date.now() + 3_600_000 } = changes
  const nextRank = changes.nextRank ?? Object.keys(winners).length + free.length + 1
  const keys = {
    gate: gateKey(id),
    winners: winnersKey(id, epoch),
    outbox: outboxKey(id, epoch),
    free: freeKey(id, epoch),
  }
  const document = encodeDocument({
    ...{ name: 'Test sale', stock, opensAtMs, closesAtMs, perUserLimit },
    coupon: {
      title: 'Off',
      discount: { kind: 'percent', value: 10 },
      usableFromMs: opensAtMs,
      usableUntilMs: closesAtMs,
    },
  })
  const claim = `${epoch - 1}:${randomUUID()}`
  const stopped = (await redis.run(stopScript, [keys.gate], [epoch - 1, claim])) as string[]
  if (Object.keys(winners).length > 0)
    await redis.command('HSET', keys.winners, ...Object.entries(winners).flat())
  if (free.length > 0) await redis.command('RPUSH', keys.free, ...free)
  const flipped = (await redis.run(
    flipScript,
    [keys.gate, keys.winners, keys.outbox, keys.free],
    [
      ...[
        gateLayout,
        epoch,
        stopped[1] ?? '',
        claim,
        Object.keys(winners).length,
        free.length,
        nextRank,
        Math.max(0, ...Object.values(winners).map((won) => Number(won.split('|')[2]))),
        holdMs,
      ],
      ...[state, stock, opensAtMs, closesAtMs, perUserLimit, version, document],
    ],
  )) as string[]
  if (flipped[0] !== 'OK') throw new Error(`not armed: ${stopped.join(' ')}, ${flipped.join(' ')}`)
  return {
    ...{ id, epoch, redis, keys },
    gate: createGate(redis, { outboxGrantsMax: changes.outboxGrantsMax ?? 200_000 }),
    async set(fields) {
      await redis.command('HSET', keys.gate, ...Object.entries(fields).flat())
    },
    fields: async () => pairsOf(await redis.command('HGETALL', keys.gate)),
    content: () => contentOf(redis, `fc:{${id}}:*`),
  }
}

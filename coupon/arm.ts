import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { Failure } from '../platform/failure.ts'
import type { Database } from '../platform/mysql.ts'
import type { RedisClient } from '../platform/redis.ts'
import { type Campaign, encodeDocument } from './campaign.ts'
import {
  campaignsChannel,
  campaignsKey,
  freeKey,
  gateKey,
  layout,
  outboxKey,
  winnersKey,
} from './gate/keys.ts'
import { parseReply } from './gate/reply.ts'
import { flipScript, registerScript, stopScript } from './gate/scripts.ts'
import type { CampaignBook } from './ledger/campaigns.ts'

/** Brings the gate of a campaign into being (protocol.md section 5): lease, stop, cut, rebuild, flip. */
export type Armory = {
  /**
   * Arms a campaign that was never armed: epoch 0 -> 1, with nothing to rebuild. When it resolves, the gate is open on this
   * server and on the list. Rejects with `recovering` when another arming or a loss of memory came between: then a later try finishes.
   */
  armNew(campaignId: string): Promise<void>
}

export type ArmoryOptions = {
  redis: RedisClient
  database: Database
  campaigns: CampaignBook
  /** Closed campaigns stay on the list this long. */
  gateLifetimeMs: number
  now(): number
}

const lost = (what: string): Failure =>
  new Failure('recovering', `the gate could not be armed: ${what}`, { retryable: true })

const settingOf = (reply: unknown, name: string): number => {
  const flat: unknown[] = Array.isArray(reply) ? reply : []
  return Number(flat[flat.indexOf(name) + 1] ?? 0)
}

/** How long a cut-off old master may go on beside its successor, plus a second; 0 on a Redis without replicas. */
const successionMs = async (redis: RedisClient): Promise<number> => {
  const replicas = settingOf(
    await redis.command('CONFIG', 'GET', 'min-replicas-to-write'),
    'min-replicas-to-write',
  )
  if (replicas === 0) return 0
  const lagSeconds = settingOf(
    await redis.command('CONFIG', 'GET', 'min-replicas-max-lag'),
    'min-replicas-max-lag',
  )
  return (lagSeconds + 1) * 1_000
}

export const createArmory = (options: ArmoryOptions): Armory => {
  const { redis, database, campaigns } = options

  /** From here nothing is granted or confirmed. Returns the fence that the flip has to find again. */
  const stop = async (campaign: Campaign, claim: string): Promise<string> => {
    const reply = parseReply(
      'stop',
      await redis.run(stopScript, [gateKey(campaign.id)], [campaign.epoch, claim]),
    )
    if (reply.code !== 'OK') throw lost(`stop said ${reply.code}`)
    const acceptedAtMs = options.now()
    const waitMs = (await successionMs(redis)) - (options.now() - acceptedAtMs)
    if (waitMs > 0) await wait(waitMs)
    return reply.text(1)
  }

  const flip = async (campaign: Campaign, epoch: number, fence: string, claim: string): Promise<void> => {
    const { id } = campaign
    const reply = parseReply(
      'flip',
      await redis.run(
        flipScript,
        [gateKey(id), winnersKey(id, epoch), outboxKey(id, epoch), freeKey(id, epoch)],
        [
          ...[layout, epoch, fence, claim],
          // Nothing rebuilt: no winner, no free rank, the next rank is 1, nothing to hold back.
          ...[0, 0, 1, 0],
          ...[campaign.state, campaign.stock, campaign.opensAtMs, campaign.closesAtMs, campaign.perUserLimit],
          ...[campaign.version, encodeDocument(campaign)],
        ],
      ),
    )
    if (reply.code !== 'OK') throw lost(`flip lost its ${reply.text(1)}`)
  }

  const register = async (scope: 'some' | 'all', listed: readonly Campaign[]): Promise<string> => {
    const args = listed.flatMap(({ id, version }) => [id, version])
    return parseReply('register', await redis.run(registerScript, [campaignsKey], [scope, ...args])).code
  }

  /** Puts the campaign on the list; a list that this server does not have is written whole, from the ledger. */
  const list = async (campaign: Campaign): Promise<void> => {
    let code = await register('some', [campaign])
    if (code === 'LOST') {
      const live = await campaigns.live(options.now() - options.gateLifetimeMs)
      // One that was never armed has no coupon, and nothing to read.
      code = await register(
        'all',
        live.filter(({ epoch }) => epoch > 0),
      )
    }
    if (code !== 'OK') throw lost(`register said ${code}`)
    await redis.command('PUBLISH', campaignsChannel, campaign.id)
  }

  return {
    async armNew(campaignId) {
      const armed = await database.locked(`fc:arm:${campaignId}`, 0, async () => {
        const campaign = await campaigns.read(campaignId)
        if (campaign === undefined || campaign.epoch !== 0) throw lost('the campaign was armed before')
        const claim = `${campaign.epoch}:${randomUUID()}`
        const fence = await stop(campaign, claim)
        if (!(await campaigns.cutFirst(campaignId))) throw lost('another arming cut the epoch')
        await flip(campaign, campaign.epoch + 1, fence, claim)
        await list(campaign)
        return true
      })
      if (armed === undefined) throw lost('another arming holds the lease')
    },
  }
}

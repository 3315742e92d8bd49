import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { inject } from 'vitest'
import type { Campaign, CampaignTerms } from '../../../coupon/campaign.ts'
import { createCampaignRepository } from '../../../coupon/ledger/campaigns.ts'
import { migrateTables } from '../../../migrations/migrate.ts'
import { connectDatabase, type Database } from '../../../platform/mysql/database.ts'

/**
 * A database of the test's own on the shared server: its tables are new, and it may be emptied or set back.
 */
export type OwnDatabase = {
  readonly url: string
  readonly database: Database
  rows(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>
  change(sql: string, values?: readonly unknown[]): Promise<number>
  /** A campaign of the ledger, at this epoch. */
  createCampaign(changes?: Partial<CampaignTerms> & { epoch?: number }): Promise<Campaign>
  close(): Promise<void>
}

let lastId = ''
/** Ids of one millisecond are in no order; campaigns that are created one after the other are. */
const nextId = (): string => {
  let id = randomUUIDv7()
  while (id <= lastId) id = randomUUIDv7()
  lastId = id
  return id
}

const sharedUrl = (): string => inject('environment')['DATABASE_URL'] ?? ''

const onServer = async (serverUrl: string, statement: string): Promise<void> => {
  const server = connectDatabase({ url: serverUrl, connectionsMax: 1, queryTimeoutMs: 30_000 })
  await server.change(statement)
  await server.close()
}

/**
 * Creates it with the tables of migrations/, or bare, on the server of this `url`; else on that of the tests.
 */
export const createOwnDatabase = async (
  options: { isBare?: boolean; url?: string } = {},
): Promise<OwnDatabase> => {
  const name = `firstcome_${randomBytes(8).toString('hex')}`
  const serverUrl = options.url ?? sharedUrl()
  await onServer(serverUrl, `CREATE DATABASE ${name} CHARACTER SET utf8mb4`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  const database = connectDatabase({ url: url.href, connectionsMax: 8, queryTimeoutMs: 30_000 })
  if (options.isBare !== true) {
    await migrateTables(database)
    // The shared Kafka and Redis carry the identity of the shared database: this one stands in for it.
    const shared = new URL(sharedUrl()).pathname.slice(1)
    if (options.url === undefined)
      await database.change(`INSERT INTO deployment SELECT * FROM ${shared}.deployment`)
  }

  return {
    url: url.href,
    database,
    rows: database.read,
    change: database.change,
    async createCampaign({ epoch = 0, ...changes } = {}) {
      const nowMs = Date.now()
      const campaign = await createCampaignRepository(database).create(
        nextId(),
        {
          ...{
            name: 'Test sale',
            stock: 10_000,
            perUserLimit: 10,
            opensAtMs: nowMs,
            closesAtMs: nowMs + 3_600_000,
          },
          coupon: {
            title: 'Off',
            discount: { kind: 'percent', value: 10 },
            usableFromMs: nowMs,
            usableUntilMs: nowMs + 7_200_000,
          },
          ...changes,
        },
        nowMs,
      )
      if (epoch > 0)
        await database.change('UPDATE campaigns SET epoch = ? WHERE campaign_id = UNHEX(?)', [
          epoch,
          campaign.id.replaceAll('-', ''),
        ])
      return { ...campaign, epoch }
    },
    async close() {
      await database.close()
      await onServer(serverUrl, `DROP DATABASE ${name}`)
    },
  }
}

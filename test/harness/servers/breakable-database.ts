import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { inject } from 'vitest'
import type { Campaign } from '../../../coupon/campaign.ts'
import { idBytes } from '../../../coupon/ledger/ids.ts'
import type { Connection } from '../../../platform/mysql/connection.ts'
import { connectDatabase } from '../../../platform/mysql/database.ts'
import { findFreePort } from '../../../servers/ports.ts'
import { type DatabaseServer, startDatabase } from '../../../servers/start-database.ts'
import { grantsOf } from '../values/grants.ts'
import { until } from '../values/until.ts'
import { createOwnDatabase, type OwnDatabase } from './own-database.ts'

/** A database server of one test file alone, which can be broken as a whole. */
export type BreakableDatabase = {
  /** Through the socket, as root: whatever the worker is refused, it is not. */
  readonly ledger: OwnDatabase
  /** As a worker reaches it: by TCP, as a user without privileges on the server. */
  readonly workerUrl: string
  readonly breaks: Breaks
  /** A campaign, and a partition of the log of which nothing is recorded. */
  newSale(): Promise<BreakableSale>
  stop(): Promise<void>
}

export type BreakableSale = { campaign: Campaign; partition: number }

/** Breaks the database for the worker; what it returns mends it. */
export type Break = (sale: BreakableSale) => Promise<() => Promise<unknown>>

export type Breaks = ReturnType<typeof createBreaks>

/**
 * Other people's transaction: holds what `begin` locks, and then `goOn`, until the returned function ends it.
 */
const holding = async (
  ledger: OwnDatabase,
  begin: (connection: Connection) => Promise<unknown>,
  goOn: (connection: Connection) => Promise<unknown> = async () => undefined,
): Promise<() => Promise<void>> => {
  const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const held = ledger.database.transaction(async (connection) => {
    await begin(connection)
    begun.resolve()
    await goOn(connection)
    await ended.promise
    return { commit: false, result: undefined }
  })
  await Promise.race([begun.promise, held])
  return async () => {
    ended.resolve()
    await held
  }
}
const lockPosition = (connection: Connection, { partition }: BreakableSale) =>
  connection.read('SELECT next_offset FROM ledger_positions WHERE partition_id = ? FOR UPDATE', [partition])
const atPosition = 'SELECT next_offset FROM ledger_positions'

const createBreaks = (server: DatabaseServer, ledger: OwnDatabase) => {
  const workersAt = async (statement = ''): Promise<number[]> => {
    const found = await ledger.rows(
      "SELECT id, info FROM information_schema.processlist WHERE user = 'firstcome'",
    )
    return found
      .filter(({ info }) => String(info ?? '').startsWith(statement))
      .map((row) => Number(row['id']))
  }
  const killWorkers = async (statement?: string): Promise<void> => {
    for (const id of await workersAt(statement)) await ledger.change(`KILL ${id}`).catch(() => 0)
  }
  const setPassword = (password: string) =>
    ledger.change(`ALTER USER 'firstcome'@'127.0.0.1' IDENTIFIED BY '${password}'`)

  const deadlock: Break = async (sale) => {
    const rival = await ledger.createCampaign({ epoch: 1 })
    // The server lets go of who changed less: that is to be the worker.
    const rows = grantsOf(rival, 4_000).map(({ couponId, campaignId, userId, rank }) => [
      ...[idBytes(couponId), idBytes(campaignId), userId],
      ...[1, rank, 1, 1],
    ])
    return holding(
      ledger,
      async (connection) => {
        await connection.change(
          'INSERT INTO coupons (coupon_id, campaign_id, user_id, slot, `rank`, epoch, granted_at_ms) VALUES ?',
          [rows],
        )
        await lockPosition(connection, sale)
      },
      async (connection) => {
        await until('the worker waits', async () => (await workersAt(atPosition)).length > 0)
        await connection.change(
          'UPDATE campaigns SET highest_stock = highest_stock + 1 WHERE campaign_id = ?',
          [idBytes(sale.campaign.id)],
        )
      },
    )
  }

  const lockWait: Break = (sale) => holding(ledger, (connection) => lockPosition(connection, sale))

  const readOnly: Break = async () => {
    // Not in a transaction: there it is refused.
    const set = (value: number) => ledger.database.change(`SET GLOBAL read_only = ${value}`)
    await set(1)
    return () => set(0)
  }

  const full: Break = async () => {
    await ledger.change(
      'CREATE TABLE filler (id INT AUTO_INCREMENT PRIMARY KEY, body VARCHAR(7000) NOT NULL)',
    )
    for (const rows of [100, 1]) {
      const values = Array.from({ length: rows }, () => ['x'.repeat(7_000)])
      for (let isFull = false; !isFull; )
        isFull = await ledger.change('INSERT INTO filler (body) VALUES ?', [values]).then(
          () => false,
          () => true,
        )
    }
    return () => ledger.change('DROP TABLE filler')
  }

  const killed: Break = async (sale) => {
    const release = await lockWait(sale)
    let kills = true
    const killing = (async () => {
      while (kills) await killWorkers(atPosition)
    })()
    return async () => {
      kills = false
      await killing
      await release()
    }
  }

  const crowded: Break = async () => {
    const [row] = await ledger.rows('SELECT @@max_connections AS connections')
    await ledger.change('SET GLOBAL max_connections = 10')
    // A connection without a statement counts too.
    const sockets = Array.from({ length: 12 }, () =>
      connect(server.port, '127.0.0.1').on('error', () => undefined),
    )
    await Promise.all(sockets.map((socket) => once(socket, 'data')))
    await killWorkers()
    return async () => {
      for (const socket of sockets) socket.destroy()
      await ledger.change('SET GLOBAL max_connections = ?', [Number(row?.['connections'])])
    }
  }

  const otherPassword: Break = async () => {
    await setPassword('somebody changed it')
    await killWorkers()
    return () => setPassword(new URL(server.url).password)
  }

  return { deadlock, lockWait, readOnly, full, killed, crowded, otherPassword }
}

/** Starts a server of so little room that it can be filled. */
export const startBreakableDatabase = async (): Promise<BreakableDatabase> => {
  const server = await startDatabase({
    ...{ folder: join(inject('folder'), 'broken-database'), port: await findFreePort() },
    extraArguments: [
      '--innodb-buffer-pool-size=64M',
      '--innodb-lock-wait-timeout=1',
      // All tables in one file that may not grow for ever: what a full disk says, it says.
      '--innodb-file-per-table=0',
      '--innodb-data-file-path=ibdata1:12M:autoextend:max:32M',
      '--innodb-autoextend-increment=4',
    ],
  })
  const shared = connectDatabase({ url: server.url, connectionsMax: 1, queryTimeoutMs: 10_000 })
  const socket = await shared.transaction(async (connection) => {
    const [row] = await connection.read('SELECT @@socket AS socket')
    return { commit: false, result: String(row?.['socket']) }
  })
  await shared.close()
  const root = new URL(server.url)
  root.username = 'root'
  root.searchParams.set('socketPath', socket)
  const ledger = await createOwnDatabase({ url: root.href })
  const url = new URL(server.url)
  url.pathname = new URL(ledger.url).pathname
  let partitions = 0
  return {
    ledger,
    workerUrl: url.href,
    breaks: createBreaks(server, ledger),
    async newSale() {
      partitions += 1
      const partition = partitions
      await ledger.change('INSERT INTO ledger_positions (partition_id, next_offset) VALUES (?, 0)', [
        partition,
      ])
      return { campaign: await ledger.createCampaign({ epoch: 1 }), partition }
    },
    async stop() {
      await ledger.close()
      await server.stop()
    },
  }
}

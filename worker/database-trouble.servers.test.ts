import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { createPositions } from '../coupon/ledger/positions.ts'
import { createRecorder } from '../coupon/ledger/record.ts'
import { connectDatabase, type Connection, type Database } from '../platform/mysql.ts'
import { type DatabaseServer, startDatabase } from '../servers/database.ts'
import { freePort } from '../servers/ports.ts'
import { batchOf, openRecording, recordsOf } from '../test/batches.ts'
import { createOwnDatabase, type OwnDatabase } from '../test/databases.ts'
import { grantsOf, positionOf, storedOf } from '../test/grants.ts'
import { until } from '../test/until.ts'
import { createLog } from '../platform/log.ts'
import { alignForEver, createProgress } from './progress.ts'

/** A server of this file alone, small enough to be filled. */
let server: DatabaseServer
/** Through the socket, as root: whatever the worker is refused, it is not. */
let ledger: OwnDatabase
/** As the worker reaches it: by TCP, as a user without privileges on the server. */
let workerUrl: string
beforeAll(async () => {
  server = await startDatabase({
    ...{ folder: join(inject('folder'), 'database-trouble'), port: await freePort() },
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
    const [row] = await connection.rows('SELECT @@socket AS socket')
    return { commit: false, result: String(row?.['socket']) }
  })
  await shared.close()
  const root = new URL(server.url)
  root.username = 'root'
  root.searchParams.set('socketPath', socket)
  ledger = await createOwnDatabase({ url: root.href })
  const url = new URL(server.url)
  url.pathname = new URL(ledger.url).pathname
  workerUrl = url.href
})
afterAll(async () => {
  await ledger.close()
  await server.stop()
})

type Sale = Awaited<ReturnType<typeof newSale>>
let partitions = 0
const newSale = async () => {
  partitions += 1
  await ledger.change('INSERT INTO ledger_positions (partition_id, next_offset) VALUES (?, 0)', [partitions])
  return { campaign: await ledger.createCampaign({ epoch: 1 }), partition: partitions }
}

/** A worker that owns one partition, and says in words what it waits for. */
const openWorker = (partition: number) => {
  const database = connectDatabase({ url: workerUrl, connectionsMax: 2, queryTimeoutMs: 4_000 })
  const log = createLog('test', 'silent')
  const progress = createProgress({
    positions: createPositions(database),
    topics: {
      offsets: async () => [{ partition, first: 0, end: 1_000_000 }],
      partitions: async () => 1,
      create: async () => undefined,
      close: async () => undefined,
    } as unknown as Parameters<typeof createProgress>[0]['topics'],
    log,
    onUnplaced: () => undefined,
  })
  const consumer = { assigned: () => [partition], seek: () => undefined }
  progress.assigned([partition])
  const alignment = alignForEver(progress, consumer as unknown as Parameters<typeof alignForEver>[1], {
    intervalMs: 20,
    onRefused: (reason) => {
      throw new Error(reason)
    },
  })
  alignment.now()
  const { recording } = openRecording({
    ...{ recorder: createRecorder(database), progress },
    deadLetters: { keep: (letters) => Promise.reject(new Error(`${letters.length} letters`)) },
  })
  const close = async (): Promise<void> => {
    alignment.stop()
    await database.close()
  }
  return { database, progress, recording, close }
}

/** Other people's transaction: holds what `begin` locks, until the returned function ends it. */
const holding = async (begin: (connection: Connection) => Promise<unknown>): Promise<() => Promise<void>> => {
  const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const held = ledger.database.transaction(async (connection) => {
    await begin(connection)
    begun.resolve()
    await ended.promise
    return { commit: false, result: undefined }
  })
  await Promise.race([begun.promise, held])
  return async () => {
    ended.resolve()
    await held
  }
}
const lockPosition = (connection: Connection, { partition }: Sale) =>
  connection.rows('SELECT next_offset FROM ledger_positions WHERE partition_id = ? FOR UPDATE', [partition])
const workersAt = async (statement = ''): Promise<number[]> => {
  const found = await ledger.rows(
    "SELECT id, info FROM information_schema.processlist WHERE user = 'firstcome'",
  )
  return found.filter(({ info }) => String(info ?? '').startsWith(statement)).map((row) => Number(row['id']))
}
const kill = async (ids: readonly number[]): Promise<void> => {
  for (const id of ids) await ledger.change(`KILL ${id}`).catch(() => 0)
}
const atPosition = 'SELECT next_offset FROM ledger_positions'
const setPassword = (password: string) =>
  ledger.change(`ALTER USER 'firstcome'@'127.0.0.1' IDENTIFIED BY '${password}'`)

/** Breaks the database for the worker; what it returns mends it. */
type Break = (sale: Sale) => Promise<() => Promise<unknown>>

const deadlock: Break = async (sale) => {
  const rival = await ledger.createCampaign({ epoch: 1 })
  const end = Promise.withResolvers<void>()
  const ready = Promise.withResolvers<void>()
  const held = ledger.database.transaction(async (connection) => {
    // The server lets go of who changed less: that is to be the worker.
    const ids = grantsOf(rival, 4_000).map(({ couponId, rank }) => [
      Buffer.from(couponId.replaceAll('-', ''), 'hex'),
      Buffer.from(rival.id.replaceAll('-', ''), 'hex'),
      ...['rival', rank, rank, 1, 1],
    ])
    await connection.change(
      'INSERT INTO coupons (coupon_id, campaign_id, user_id, slot, `rank`, epoch, granted_at_ms) VALUES ?',
      [ids],
    )
    await lockPosition(connection, sale)
    ready.resolve()
    await until('the worker waits', async () => (await workersAt(atPosition)).length > 0)
    await connection.change('UPDATE campaigns SET highest_stock = highest_stock + 1 WHERE campaign_id = ?', [
      Buffer.from(sale.campaign.id.replaceAll('-', ''), 'hex'),
    ])
    await end.promise
    return { commit: false, result: undefined }
  })
  await Promise.race([ready.promise, held])
  return async () => {
    end.resolve()
    await held
  }
}

const lockWait: Break = (sale) => holding((connection) => lockPosition(connection, sale))

const readOnly: Break = async () => {
  await ledger.change('SET GLOBAL read_only = 1')
  return () => ledger.change('SET GLOBAL read_only = 0')
}

const full: Break = async () => {
  await ledger.change('CREATE TABLE filler (id INT AUTO_INCREMENT PRIMARY KEY, body VARCHAR(7000) NOT NULL)')
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
    while (kills) await kill(await workersAt(atPosition))
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
  // One that says nothing counts.
  const sockets = Array.from({ length: 12 }, () =>
    connect(server.port, '127.0.0.1').on('error', () => undefined),
  )
  await Promise.all(sockets.map((socket) => once(socket, 'data')))
  await kill(await workersAt())
  return async () => {
    for (const socket of sockets) socket.destroy()
    await ledger.change('SET GLOBAL max_connections = ?', [Number(row?.['connections'])])
  }
}

const otherPassword: Break = async () => {
  await setPassword('somebody changed it')
  await kill(await workersAt())
  return () => setPassword(new URL(server.url).password)
}

const troubles: [string, RegExp, Break][] = [
  ['takes it for the victim of a deadlock', /takes no rows: .*Deadlock/, deadlock],
  ['lets it wait too long for a lock', /takes no rows: .*Lock wait timeout/, lockWait],
  ['is read-only', /takes no rows: .*read-only/, readOnly],
  ['is full', /takes no rows: .*is full/, full],
  ['cuts its connections', /takes no rows: .*(killed|closed|lost)/i, killed],
  ['has too many connections', /takes no rows: .*Too many connections/, crowded],
  ['has another password', /takes no rows: .*Access denied/, otherPassword],
]

test.each(troubles)(
  'a worker whose database %s says so, lives on, and records every row once when that is over',
  async (_, words, fail) => {
    const sale = await newSale()
    const grants = grantsOf(sale.campaign, 2_000)
    const { progress, recording, close } = openWorker(sale.partition)
    await until('it is placed', progress.isPlaced)
    const mend = await fail(sale)
    const { batch, done } = batchOf(recordsOf(sale.partition, grants))
    const recorded = recording(batch)
    try {
      await until('it says why', () => words.test(progress.waitsFor()))
      // Reading works on a read-only server: that it does must not pass for more.
      const beats = done.heartbeats
      await until('it lives on', () => {
        expect(progress.isPlaced()).toBe(false)
        return done.heartbeats > beats
      })
      expect(done.handled).toEqual([])
      expect(await storedOf(ledger, sale.campaign)).toEqual([])
    } finally {
      await mend()
    }
    await recorded
    expect(done.handled).toEqual([1_000, 2_000])
    expect(await storedOf(ledger, sale.campaign)).toEqual(grants)
    expect(await positionOf(ledger, sale.partition)).toBe(2_000)
    await until('it is ready', progress.isPlaced)
    await close()
  },
)

test('a database that takes seconds for each statement is waited for with the membership kept alive, and not called away', async () => {
  const sale = await newSale()
  const grants = grantsOf(sale.campaign, 3)
  const { progress, recording, close } = openWorker(sale.partition)
  await until('it is placed', progress.isPlaced)
  await ledger.change('CREATE TRIGGER slow_rows BEFORE INSERT ON coupons FOR EACH ROW DO SLEEP(0.4)')
  await ledger.change(
    'CREATE TRIGGER slow_places BEFORE UPDATE ON ledger_positions FOR EACH ROW DO SLEEP(1.2)',
  )
  let beatsBeforeRows = 0
  const { batch, done } = batchOf(recordsOf(sale.partition, grants), {
    heartbeat: async () => void (beatsBeforeRows += done.handled.length === 0 ? 1 : 0),
  })
  const recorded = recording(batch)
  await until('it lives on', () => {
    expect(progress.isPlaced()).toBe(true)
    return beatsBeforeRows >= 2
  })
  await recorded
  await ledger.change('DROP TRIGGER slow_rows')
  await ledger.change('DROP TRIGGER slow_places')
  expect([done.handled, await storedOf(ledger, sale.campaign)]).toEqual([[3], grants])
  await close()
})

const connectionOf = (database: Database): Promise<number> =>
  database.transaction(async (connection) => {
    const [row] = await connection.rows('SELECT CONNECTION_ID() AS id')
    return { commit: false, result: Number(row?.['id']) }
  })

test('no connection to a server that turned read-only is used again: whoever was made master is behind a new one', async () => {
  const { partition } = await newSale()
  const database = connectDatabase({ url: workerUrl, connectionsMax: 3, queryTimeoutMs: 4_000 })
  const before = new Set(await Promise.all([1, 2, 3].map(() => connectionOf(database))))
  const mend = await readOnly({ partition, campaign: await ledger.createCampaign() })
  const change = database.transaction(async (connection) => ({
    commit: true,
    result: await connection.change('UPDATE ledger_positions SET next_offset = 1 WHERE partition_id = ?', [
      partition,
    ]),
  }))
  await expect(change).rejects.toMatchObject({ code: 'unavailable', retryable: true })
  await mend()
  const after = await Promise.all([1, 2, 3].map(() => connectionOf(database)))
  expect(after.filter((id) => before.has(id))).toEqual([])
  await database.close()
})

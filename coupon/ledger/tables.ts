import {
  bigint,
  binary,
  customType,
  index,
  int,
  mysqlTable,
  primaryKey,
  text,
  tinyint,
  unique,
} from 'drizzle-orm/mysql-core'

// The schema, from which drizzle-kit writes the migrations. The statements of this room are SQL of their own.

/** An id (UUID) in 16 bytes. */
const id = (name: string) => binary(name, { length: 16 })

/** Text that compares byte by byte: in the default collations `A` equals `a`. */
const code = customType<{ data: string; config: { length: number } }>({
  dataType: (config) => `varchar(${config?.length ?? 64}) character set ascii collate ascii_bin`,
})

/** Bytes of a digest. */
const hash = customType<{ data: Buffer; config: { length: number } }>({
  dataType: (config) => `binary(${config?.length ?? 32})`,
})

/** Text for people, in any language, whatever the default of the database is. */
const label = customType<{ data: string }>({ dataType: () => 'varchar(200) character set utf8mb4' })

const milliseconds = (name: string) => bigint(name, { mode: 'number' }).notNull()

/**
 * One row a campaign: its settings at the highest version. `highest_stock` never falls. With `epoch` 0 it was
 * never armed. The last two columns are written when it is retired: when, and with how many coupons.
 */
export const campaigns = mysqlTable(
  'campaigns',
  {
    campaignId: id('campaign_id').primaryKey(),
    name: label('name').notNull(),
    state: code('state', { length: 16 }).notNull(),
    stock: int('stock', { unsigned: true }).notNull(),
    highestStock: int('highest_stock', { unsigned: true }).notNull(),
    perUserLimit: tinyint('per_user_limit', { unsigned: true }).notNull(),
    opensAtMs: milliseconds('opens_at_ms'),
    closesAtMs: milliseconds('closes_at_ms'),
    title: label('title').notNull(),
    discountKind: code('discount_kind', { length: 16 }).notNull(),
    discountValue: bigint('discount_value', { mode: 'number' }).notNull(),
    discountCurrency: code('discount_currency', { length: 3 }),
    usableFromMs: milliseconds('usable_from_ms'),
    usableUntilMs: milliseconds('usable_until_ms'),
    /** JSON, as text: the claims that a caller's token must have. Null: everyone may have a coupon. */
    eligibility: text('eligibility'),
    /** An IANA name; null for UTC. */
    timeZone: code('time_zone', { length: 64 }),
    version: int('version', { unsigned: true }).notNull(),
    epoch: int('epoch', { unsigned: true }).notNull(),
    createdAtMs: milliseconds('created_at_ms'),
    retiredAtMs: bigint('retired_at_ms', { mode: 'number' }),
    granted: int('granted', { unsigned: true }),
  },
  (table) => [index('campaigns_by_retirement').on(table.retiredAtMs, table.closesAtMs)],
)

/**
 * What was changed about a campaign, when, by whom, from which address and why; one row a version. The last
 * three are null where no operator changed it.
 */
export const campaignChanges = mysqlTable(
  'campaign_changes',
  {
    campaignId: id('campaign_id').notNull(),
    version: int('version', { unsigned: true }).notNull(),
    action: code('action', { length: 32 }).notNull(),
    /** JSON, as text: MariaDB and MySQL return their JSON type differently. */
    settings: text('settings').notNull(),
    changedAtMs: milliseconds('changed_at_ms'),
    changedBy: code('changed_by', { length: 64 }),
    changedFrom: code('changed_from', { length: 64 }),
    reason: label('reason'),
    /** Each request to change a campaign is one version at most. */
    changeId: id('change_id'),
  },
  (table) => [
    primaryKey({ columns: [table.campaignId, table.version] }),
    unique('campaign_changes_change').on(table.campaignId, table.changeId),
  ],
)

/**
 * One row a coupon. The unique keys hold even if every other layer is wrong. The last five columns are null
 * until the coupon is used or revoked. The recorder does not write them, and the log does not know them.
 */
export const coupons = mysqlTable(
  'coupons',
  {
    couponId: id('coupon_id').primaryKey(),
    campaignId: id('campaign_id').notNull(),
    userId: code('user_id', { length: 64 }).notNull(),
    slot: tinyint('slot', { unsigned: true }).notNull(),
    rank: int('rank', { unsigned: true }).notNull(),
    epoch: int('epoch', { unsigned: true }).notNull(),
    grantedAtMs: milliseconds('granted_at_ms'),
    redeemedOrderId: code('redeemed_order_id', { length: 64 }),
    redeemedAtMs: bigint('redeemed_at_ms', { mode: 'number' }),
    /** As what it was redeemed: shopper or orders. */
    redeemedAs: code('redeemed_as', { length: 16 }),
    revokedAtMs: bigint('revoked_at_ms', { mode: 'number' }),
    /** The number of its rows in `coupon_changes`. */
    changes: int('changes', { unsigned: true }),
  },
  (table) => [
    unique('coupons_rank').on(table.campaignId, table.rank),
    unique('coupons_user_slot').on(table.userId, table.campaignId, table.slot),
  ],
)

/**
 * A coupon was redeemed, given back or revoked: when, by whom, as what, from which address, for which order
 * and why. Written in the transaction that changes the coupon.
 */
export const couponChanges = mysqlTable(
  'coupon_changes',
  {
    campaignId: id('campaign_id').notNull(),
    couponId: id('coupon_id').notNull(),
    /** 1, 2, 3 and so on of one coupon. */
    number: int('number', { unsigned: true }).notNull(),
    action: code('action', { length: 16 }).notNull(),
    orderId: code('order_id', { length: 64 }),
    changedAtMs: milliseconds('changed_at_ms'),
    changedBy: code('changed_by', { length: 64 }).notNull(),
    changedAs: code('changed_as', { length: 16 }).notNull(),
    changedFrom: code('changed_from', { length: 64 }).notNull(),
    reason: label('reason'),
  },
  (table) => [primaryKey({ columns: [table.campaignId, table.couponId, table.number] })],
)

/**
 * How far the ledger has each partition of the log. A position moves in the transaction of its rows, or not
 * at all.
 */
export const ledgerPositions = mysqlTable('ledger_positions', {
  partitionId: int('partition_id', { unsigned: true }).primaryKey(),
  nextOffset: bigint('next_offset', { mode: 'number', unsigned: true }).notNull(),
  /** The last record before the position, to know the log again: its offset, and 16 bytes of its digest. */
  lastOffset: bigint('last_offset', { mode: 'number', unsigned: true }),
  lastHash: hash('last_hash', { length: 16 }),
})

/** One row: the identity of this deployment, which the log and Redis carry too. */
export const deployment = mysqlTable('deployment', {
  /** Always 1. */
  singleton: tinyint('singleton', { unsigned: true }).primaryKey(),
  deploymentId: id('deployment_id').notNull(),
  createdAtMs: milliseconds('created_at_ms'),
})

/**
 * The Redis servers on which gates were armed. A server is known by its fence (`master_replid`), which is new
 * after every restart and promotion. `state`: current, leaving (its gates are being stopped), or left.
 */
export const redisServers = mysqlTable('redis_servers', {
  fence: code('fence', { length: 64 }).primaryKey(),
  /** Host and port as configured. */
  address: code('address', { length: 255 }).notNull(),
  /** IP address and port of the connection. */
  endpoint: code('endpoint', { length: 64 }).notNull(),
  state: code('state', { length: 16 }).notNull(),
  notedAtMs: milliseconds('noted_at_ms'),
  leftAtMs: bigint('left_at_ms', { mode: 'number' }),
})

/** Idempotency keys of created campaigns: which campaign a key made, and of which body. */
export const campaignCreations = mysqlTable(
  'campaign_creations',
  {
    keyHash: hash('key_hash', { length: 32 }).primaryKey(),
    bodyHash: hash('body_hash', { length: 32 }).notNull(),
    campaignId: id('campaign_id').notNull(),
    createdAtMs: milliseconds('created_at_ms'),
  },
  (table) => [index('campaign_creations_by_time').on(table.createdAtMs)],
)

/**
 * Where the log ended for an epoch, by partition: a grant of that epoch at or beyond `end_offset` is late.
 * The cut of epoch 0 is the position when the campaign was first armed: all of its grants lie at or beyond
 * it.
 */
export const campaignCuts = mysqlTable(
  'campaign_cuts',
  {
    campaignId: id('campaign_id').notNull(),
    epoch: int('epoch', { unsigned: true }).notNull(),
    partitionId: int('partition_id', { unsigned: true }).notNull(),
    endOffset: bigint('end_offset', { mode: 'number', unsigned: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.campaignId, table.epoch, table.partitionId] })],
)

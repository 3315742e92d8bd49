import { Failure } from '../../platform/failure.ts'
import type { SqlReader, SqlRow } from '../../platform/mysql/connection.ts'
import type { Campaign, CampaignTerms, CouponTerms, EligibilityRule, OperatorState } from '../campaign.ts'
import type { CouponUse } from '../coupon-state.ts'
import type { Grant } from '../grant.ts'
import { idBytes, idText } from './ids.ts'

/**
 * A locking read sees the last committed rows, also in a transaction that began earlier, and keeps them as
 * they are.
 */
export type Lock = '' | 'LOCK IN SHARE MODE'

/** The columns of a grant in `coupons`. */
export const grantColumns = [
  'coupon_id',
  'campaign_id',
  'user_id',
  'slot',
  '`rank`',
  'epoch',
  'granted_at_ms',
]
  .map((column) => `coupons.${column}`)
  .join(', ')

/** A row of `coupons` as the gate granted it. */
export const grantFrom = (row: SqlRow): Grant => ({
  couponId: idText(row['coupon_id'] as Buffer),
  campaignId: idText(row['campaign_id'] as Buffer),
  userId: String(row['user_id']),
  slot: Number(row['slot']),
  rank: Number(row['rank']),
  epoch: Number(row['epoch']),
  grantedAtMs: Number(row['granted_at_ms']),
})

/**
 * Grants from rows of `coupons`. `from` is the statement from there on: tables, conditions, order, limit and
 * lock.
 */
export const readGrants = async (
  source: SqlReader,
  from: string,
  values: readonly unknown[],
): Promise<Grant[]> => {
  const rows = await source.read(`SELECT ${grantColumns} FROM ${from}`, values)
  return rows.map(grantFrom)
}

/** What became of coupons, by coupon id. Most are left out: nothing became of them yet. */
export type CouponUses = ReadonlyMap<string, CouponUse>

/** What became of a coupon, as a column. A coupon that is revoked stays so, also when it is given back. */
export const useColumn = `CASE WHEN coupons.revoked_at_ms IS NOT NULL THEN 'revoked'
  WHEN coupons.redeemed_at_ms IS NOT NULL THEN 'redeemed' END AS used`

/** What became of the coupons in rows with `useColumn`. */
export const usesFrom = (rows: readonly SqlRow[]): CouponUses =>
  new Map(
    rows.flatMap((row) =>
      row['used'] == null ? [] : [[idText(row['coupon_id'] as Buffer), row['used'] as CouponUse]],
    ),
  )

/** Grants, what became of them, and the positions of the ledger at the same moment. */
export type GrantsAtPositions = { grants: Grant[]; uses: CouponUses; positions: Map<number, number> }

/**
 * The same, with the positions as of the same view: one statement, so that no failover comes between the two.
 * The order of `from` is lost: sort the grants. `columns` may leave out what became of them.
 */
export const readGrantsAtPositions = async (
  source: SqlReader,
  from: string,
  values: readonly unknown[],
  columns = `${grantColumns}, ${useColumn}`,
): Promise<GrantsAtPositions> => {
  const rows = await source.read(
    `SELECT reached.positions, found.* FROM
       (SELECT CAST(JSON_OBJECTAGG(partition_id, next_offset) AS CHAR) AS positions FROM ledger_positions) AS reached
       LEFT JOIN (SELECT ${columns} FROM ${from}) AS found ON TRUE`,
    values,
  )
  const reached = JSON.parse((rows[0]?.['positions'] ?? '{}') as string) as Record<string, number>
  const found = rows.filter((row) => row['coupon_id'] !== null)
  return {
    grants: found.map(grantFrom),
    uses: usesFrom(found),
    positions: new Map(Object.entries(reached).map(([partition, offset]) => [Number(partition), offset])),
  }
}

/** Those of the coupons that have a row. */
export const readStoredIds = async (
  source: SqlReader,
  couponIds: readonly string[],
  lock: Lock = '',
): Promise<Set<string>> => {
  const rows = await source.read(`SELECT coupon_id FROM coupons WHERE coupon_id IN (?) ${lock}`, [
    couponIds.map(idBytes),
  ])
  return new Set(rows.map((row) => idText(row['coupon_id'] as Buffer)))
}

const stateFrom = (state: unknown): OperatorState => {
  if (state === 'open' || state === 'paused' || state === 'closed') return state
  throw new Failure('defect', `a campaign in the ledger has the state ${String(state)}`)
}

/** What the coupons of a row of `campaigns` are worth, and when they are usable. */
export const couponTermsFrom = (row: SqlRow): CouponTerms => {
  const currency = row['discount_currency'] as string | null
  const value = Number(row['discount_value'])
  return {
    title: String(row['title']),
    discount:
      row['discount_kind'] === 'percent'
        ? { kind: 'percent', value }
        : { kind: 'amount', value, currency: currency ?? undefined },
    usableFromMs: Number(row['usable_from_ms']),
    usableUntilMs: Number(row['usable_until_ms']),
  }
}

/** A row of `campaigns` as the code knows it. */
export const campaignFrom = (row: SqlRow): Campaign => {
  const [eligibility, timeZone] = [row['eligibility'], row['time_zone']] as (string | null | undefined)[]
  return {
    id: idText(row['campaign_id'] as Buffer),
    name: String(row['name']),
    state: stateFrom(row['state']),
    stock: Number(row['stock']),
    perUserLimit: Number(row['per_user_limit']),
    opensAtMs: Number(row['opens_at_ms']),
    closesAtMs: Number(row['closes_at_ms']),
    coupon: couponTermsFrom(row),
    ...(eligibility == null ? {} : { eligibility: JSON.parse(eligibility) as EligibilityRule[] }),
    ...(timeZone == null ? {} : { timeZone }),
    version: Number(row['version']),
    epoch: Number(row['epoch']),
    retired:
      row['retired_at_ms'] == null
        ? undefined
        : { atMs: Number(row['retired_at_ms']), granted: Number(row['granted'] ?? 0) },
  }
}

/** The columns of what an operator decides about a campaign, for `SET ?`. */
export const termsRow = ({ coupon, ...terms }: CampaignTerms): SqlRow => ({
  name: terms.name,
  stock: terms.stock,
  per_user_limit: terms.perUserLimit,
  opens_at_ms: terms.opensAtMs,
  closes_at_ms: terms.closesAtMs,
  title: coupon.title,
  discount_kind: coupon.discount.kind,
  discount_value: coupon.discount.value,
  discount_currency: coupon.discount.kind === 'amount' ? (coupon.discount.currency ?? null) : null,
  usable_from_ms: coupon.usableFromMs,
  usable_until_ms: coupon.usableUntilMs,
  eligibility: terms.eligibility === undefined ? null : JSON.stringify(terms.eligibility),
  time_zone: terms.timeZone ?? null,
})

/** Campaigns, by the rest of the statement: conditions, order and limit. */
export const readCampaigns = async (
  source: SqlReader,
  rest: string,
  values: readonly unknown[] = [],
): Promise<Campaign[]> => (await source.read(`SELECT * FROM campaigns ${rest}`, values)).map(campaignFrom)

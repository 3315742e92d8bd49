import { remove, replaceWith, swap } from '../changes.ts'
import type { Edit, Safeguard } from '../safeguard.ts'
import { serversTest } from './failing-test.ts'

const section = '3. Record: rows'
const conflictsTest = serversTest('coupon/ledger/conflicts')
const breachTitle = '%s is rejected as %s, and its neighbours are stored'
const breachTest = (what: string) => conflictsTest(breachTitle, `${what} is rejected as `)

const withoutKey = (definition: string): Edit[] => [
  {
    file: 'migrations/0000_ledger.sql',
    unmarked: 'every migrated database has the hash of the file, which a comment would change',
    change: swap(definition, ''),
  },
]

/** What the keys of the ledger reject, and how the worker handles it. */
export const ledgerKeys: readonly Safeguard[] = [
  {
    name: 'the primary key of coupons',
    section,
    protectsFrom:
      'One coupon becomes two rows of two users, when a record was written again with other facts.',
    edits: withoutKey('CONSTRAINT `coupons_coupon_id` PRIMARY KEY(`coupon_id`),'),
    caughtBy: breachTest('a stored coupon with another user and rank'),
  },
  {
    name: 'the unique key of campaign and rank',
    section,
    protectsFrom: 'One unit becomes two coupons: a campaign is oversold, for any cause of the second grant.',
    edits: withoutKey('CONSTRAINT `coupons_rank` UNIQUE(`campaign_id`,`rank`),'),
    caughtBy: breachTest('another coupon on a rank that is taken'),
  },
  {
    name: 'the unique key of user, campaign and slot',
    section,
    protectsFrom: 'One user holds two coupons of one slot, for any cause of the second grant.',
    edits: withoutKey(', CONSTRAINT `coupons_user_slot` UNIQUE(`user_id`,`campaign_id`,`slot`)'),
    caughtBy: breachTest('another coupon for a user and slot that hold one'),
  },
  {
    name: 'a rank above the highest stock is not stored',
    section,
    protectsFrom:
      'A gate that granted more than its stock oversells, because no key of the ledger knows the stock.',
    edits: [{ change: remove }],
    caughtBy: breachTest('a rank above the stock'),
  },
  {
    name: 'the highest stock so far counts',
    section,
    protectsFrom:
      'A user who won before the stock was lowered loses the coupon, because the worker stored it later.',
    edits: [{ change: swap('highest_stock', 'stock AS highest_stock') }],
    caughtBy: conflictsTest(
      'a rank up to the highest stock so far is stored, also after the stock was lowered',
    ),
  },
  {
    name: 'a redelivered record is accepted',
    section,
    protectsFrom:
      'Every record that Kafka delivers twice is reported as a broken promise and becomes a dead letter.',
    edits: [{ change: swap('!isSame(row, at.grant)', 'row !== undefined') }],
    caughtBy: serversTest('coupon/ledger/recorder')(
      'a batch that is delivered again adds no row, moves nothing back and rejects nothing',
    ),
  },
  {
    name: 'a rejected record drops none of its neighbours',
    section,
    protectsFrom: 'A grant in one batch behind a record that cannot be stored is lost with it.',
    edits: [{ change: replaceWith('else {\n  rejected.push({ ...at, ...rejection })\n  break\n}') }],
    caughtBy: breachTest('a campaign that the ledger does not have'),
  },
]

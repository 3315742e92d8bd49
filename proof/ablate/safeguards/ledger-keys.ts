import type { Safeguard } from '../safeguard.ts'
import { editsOf, serversTest } from './places.ts'

const section = '3. Record: rows'
const tables = editsOf('migrations/0000_ledger.sql')
const record = editsOf('coupon/ledger/record.ts')
const conflictsTest = serversTest('coupon/ledger/conflicts')
const breachTitle = '%s is called %s and is no row, and its neighbours are stored'
const breachTest = (what: string) => conflictsTest(breachTitle, `${what} is called `)

/** What the ledger says no to by itself, and how recording takes it. */
export const ledgerKeys: readonly Safeguard[] = [
  {
    ...{ name: 'the primary key of coupons', section },
    protectsFrom: 'One coupon is two rows, of two people, when a record was written again with other facts.',
    edits: tables(['\tCONSTRAINT `coupons_coupon_id` PRIMARY KEY(`coupon_id`),\n', '']),
    caughtBy: breachTest('a stored coupon with another user and rank'),
  },
  {
    ...{ name: 'the unique key of campaign and rank', section },
    protectsFrom: 'One unit is two coupons: a campaign is oversold, whatever let both grants through.',
    edits: tables(['\tCONSTRAINT `coupons_rank` UNIQUE(`campaign_id`,`rank`),\n', '']),
    caughtBy: breachTest('another coupon on a rank that is taken'),
  },
  {
    ...{ name: 'the unique key of user, campaign and slot', section },
    protectsFrom: 'One person holds two coupons of one slot, whatever let both grants through.',
    edits: tables([
      'UNIQUE(`campaign_id`,`rank`),\n\tCONSTRAINT `coupons_user_slot` UNIQUE(`user_id`,`campaign_id`,`slot`)\n',
      'UNIQUE(`campaign_id`,`rank`)\n',
    ]),
    caughtBy: breachTest('another coupon for a user and slot that hold one'),
  },
  {
    ...{ name: 'a rank above the highest stock is no row', section },
    protectsFrom: 'A gate that granted more than its stock oversells: no key of the ledger knows the stock.',
    edits: record(['if (rank > campaign.highestStock)', 'if (rank > campaign.highestStock + Infinity)']),
    caughtBy: breachTest('a rank above the stock'),
  },
  {
    ...{ name: 'the highest stock ever counts', section },
    protectsFrom:
      'Whoever won before the stock was lowered loses the coupon, because the ledger came to it later.',
    edits: record([
      'SELECT campaign_id, highest_stock, epoch FROM',
      'SELECT campaign_id, stock AS highest_stock, epoch FROM',
    ]),
    caughtBy: conflictsTest('a rank up to the highest stock the campaign ever had is stored'),
  },
  {
    ...{ name: 'a redelivery is fine', section },
    protectsFrom:
      'Every record that the log delivers twice is called a broken promise and becomes a dead letter.',
    edits: editsOf('coupon/ledger/conflicts.ts')([
      'else if (!isSame(row, at.grant))',
      'else if (!isSame(row, at.grant) || row !== undefined)',
    ]),
    caughtBy: serversTest('coupon/ledger/record')(
      'a batch that was delivered again makes no second row, moves nothing back, and breaks nothing',
    ),
  },
  {
    ...{ name: 'one bad record drops none of its neighbours', section },
    protectsFrom:
      'Whoever stands in one batch behind a record that can not be a row loses the coupon with it.',
    edits: record([
      '        else broken.push(lost)\n',
      '        else {\n          broken.push(lost)\n          break\n        }\n',
    ]),
    caughtBy: breachTest('a campaign that the ledger does not have'),
  },
]

import { remove, swap } from '../changes.ts'
import type { Safeguard } from '../safeguard.ts'
import { serversTest, unitTest } from './failing-test.ts'

const section = '7. Redeem'
const ledgerTest = serversTest('coupon/ledger/redemptions')
const routeTest = serversTest('test/7-redeem/redemptions')
const readingTest = serversTest('test/6-read/reading-coupons')
const missingTest = serversTest('test/7-redeem/missing-rows')

/** What keeps a coupon from being used twice, and its history true. */
export const redeeming: readonly Safeguard[] = [
  {
    name: 'a coupon is changed under the condition that was judged',
    section,
    protectsFrom: 'Two orders that come at once both get the discount of one coupon.',
    edits: [{ change: swap(' AND ${update.where}', '') }],
    caughtBy: ledgerTest('orders that found a coupon usable at the same time do not both redeem it'),
  },
  {
    name: 'a change of a coupon and its history are one transaction',
    section,
    protectsFrom: 'A coupon is redeemed, and nobody can say for which order and by whom.',
    edits: [{ change: remove }],
    caughtBy: ledgerTest('a redemption whose history cannot be written is not made'),
  },
  {
    name: 'an owner gives back only what the owner redeemed',
    section,
    protectsFrom: 'A shopper gives back the coupon of an order that was paid with it, and uses it again.',
    edits: [{ change: swap(" AND redeemed_as = 'shopper'", '') }],
    caughtBy: routeTest(
      'by an order service cannot be given back by the shopper, also when the shopper began',
    ),
  },
  {
    name: 'a shop does not take over what was revoked',
    section,
    protectsFrom:
      'A thief writes an order on a stolen coupon, and is given the discount after it was revoked.',
    edits: [{ change: swap(' AND revoked_at_ms IS NULL', '') }],
    caughtBy: ledgerTest('a coupon that is revoked while a shop takes it over is not taken over'),
  },
  {
    name: 'a list asks the ledger what became of the coupons of a gate',
    section,
    protectsFrom: 'A coupon that was used is listed as usable, because its gate knows no redemptions.',
    edits: [{ change: swap('await read(sources.used(held))', 'held') }],
    caughtBy: readingTest(
      'is %s to everybody who reads it, and the press still answers that it was granted',
      'is redeemed to everybody who reads it, and the press still answers that it was granted',
    ),
  },
  {
    name: 'a text of a shopper is no formula in a spreadsheet',
    section,
    protectsFrom: 'A shopper whose id begins with @ or + runs a formula on the machine of an operator.',
    edits: [{ change: swap("formulaStart.test(field) ? `'${field}` : field", 'field') }],
    caughtBy: unitTest('api/contract/csv')('%j is written as %s', '"=1+1" is written as \'=1+1'),
  },
  {
    name: 'a coupon without a row is unknown only when every grant has a row',
    section,
    protectsFrom: 'An order service is told that there is no such coupon, which was granted a moment ago.',
    edits: [{ change: swap("'perhaps-granted'", "'unknown-coupon'") }],
    caughtBy: missingTest('is never called unknown while it may have been granted'),
  },
]

import { remove, swap } from '../changes.ts'
import type { Safeguard } from '../safeguard.ts'
import { serversTest } from './failing-test.ts'

const section = '5. Campaigns: list, settings, lifetime'
const rehearsalTest = serversTest('test/5-campaigns/rehearsal')

/** What keeps rehearsals from people, and people from rehearsals. */
export const rehearsing: readonly Safeguard[] = [
  {
    name: 'a rehearsal is unknown in public',
    section,
    protectsFrom:
      'Shoppers see the next sale before it is announced, and press for coupons that nobody can use.',
    edits: [{ change: remove }],
    caughtBy: rehearsalTest('wins nothing in a rehearsal, and meets it nowhere'),
  },
  {
    name: 'a rehearsal cannot be edited',
    section,
    protectsFrom: 'The coupons of synthetic shoppers become usable.',
    edits: [{ change: remove }],
    caughtBy: rehearsalTest('edits none: its coupons would become usable'),
  },
  {
    name: 'no real campaign looks like a rehearsal',
    section,
    protectsFrom:
      'A campaign that was made like one is hidden from shoppers, and synthetic ones win its coupons.',
    edits: [{ change: swap('claim !== rehearsalClaim', 'true') }],
    caughtBy: rehearsalTest('makes no campaign that looks like one'),
  },
]

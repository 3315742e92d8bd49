import type { Grant } from '../../../coupon/grant.ts'
import type { StoredLetter } from '../../../coupon/log/dead-letter.ts'
import { encodeGrant } from '../../../coupon/log/log-record.ts'

/** The grant in a letter of `storedLetterOf`. */
export const letteredGrant: Grant = {
  couponId: '01930000-0000-7000-8000-000000000001',
  campaignId: '01930000-0000-7000-8000-00000000000f',
  userId: 'user-1',
  slot: 1,
  rank: 7,
  epoch: 1,
  grantedAtMs: 1_700_000_000_000,
}
/** A dead letter at 0:17. */
export const storedLetterOf = (changes: Partial<StoredLetter> = {}): StoredLetter => ({
  position: { partition: 0, offset: 17 },
  value: Buffer.from(encodeGrant(letteredGrant)),
  key: null,
  origin: { topic: 'coupon.grants.v1', partition: 2, offset: 1_234, timestampMs: 1_700_000_000_000 },
  reason: 'late',
  message: 'why',
  time: '2026-11-21T10:00:00.000Z',
  redrives: 0,
  redriveOf: undefined,
  ...changes,
})

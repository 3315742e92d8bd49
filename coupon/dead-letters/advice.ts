import type { DeadLetterReason } from '../log/dead-letter.ts'

/** What to do, in the languages of operators. */
export type Advice = { readonly en: string; readonly ko: string }

const auditFirst = {
  en: 'a promise is broken. Run the audit of the campaign before you change anything.',
  ko: '약속이 깨졌습니다. 무엇이든 바꾸기 전에 먼저 캠페인을 감사하세요.',
}

const adviceFor: Record<DeadLetterReason, Advice> = {
  undecodable: {
    en: 'Another program wrote into the log, or bytes were damaged. Find the writer; a redrive would fail again.',
    ko: '다른 프로그램이 로그에 썼거나 데이터가 손상되었습니다. 쓴 프로그램을 찾으세요. 다시 보내도 또 실패합니다.',
  },
  invalid: {
    en: 'A newer version or another program wrote it. Update the workers, then redrive it.',
    ko: '더 새로운 버전이나 다른 프로그램이 쓴 기록입니다. 워커를 업데이트한 뒤 다시 보내세요.',
  },
  'unknown-campaign': {
    en: 'The ledger lost the campaign, or another system uses the same log. Restore the campaign, then redrive.',
    ko: '원장 DB에 캠페인이 없거나 다른 시스템이 같은 로그를 쓰고 있습니다. 캠페인을 복원한 뒤 다시 보내세요.',
  },
  'rank-taken': {
    en: `Two coupons have one rank: ${auditFirst.en}`,
    ko: `쿠폰 두 장의 순번이 같습니다. ${auditFirst.ko}`,
  },
  'slot-taken': {
    en: `Two coupons have one user and slot: ${auditFirst.en}`,
    ko: `쿠폰 두 장의 사용자와 슬롯이 같습니다. ${auditFirst.ko}`,
  },
  'coupon-differs': {
    en: `One coupon has two sets of facts: ${auditFirst.en}`,
    ko: `한 쿠폰의 내용이 서로 다릅니다. ${auditFirst.ko}`,
  },
  'rank-above-stock': {
    en: 'The rank is above the highest stock that the ledger knows. Restore the campaign row, then redrive.',
    ko: '순번이 원장 DB가 아는 최대 수량보다 큽니다. 캠페인 행을 복원한 뒤 다시 보내세요.',
  },
  late: {
    en: 'It reached the log after its gate was lost and its unit was free again. Leave it: no yes was given.',
    ko: '게이트를 잃어 수량이 다시 풀린 뒤에 로그에 도착했습니다. 그대로 두세요. 확정으로 안내된 적이 없는 기록입니다.',
  },
}

const unknownReason: Advice = {
  en: 'This version does not know that reason.',
  ko: '이 버전이 모르는 사유입니다.',
}

/** The reasons that this version knows. */
export const knownReasons: readonly string[] = Object.keys(adviceFor)

/**
 * What an operator can do about a dead letter; docs/dead-letters.md says more. A later version may have other
 * reasons.
 */
export const adviceOf = (reason: string): Advice =>
  Object.entries(adviceFor).find(([known]) => known === reason)?.[1] ?? unknownReason

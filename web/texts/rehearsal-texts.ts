import type { Wording } from './language.ts'

/** What the console says of rehearsals. `{…}` is filled in. */
export const rehearsalTexts = {
  badge: { en: 'rehearsal', ko: '리허설' },
  rehearse: { en: 'Rehearse', ko: '리허설' },
  again: { en: 'Rehearse again', ko: '다시 리허설' },
  lead: {
    en: 'Synthetic shoppers press at a copy of this campaign. No real shopper can see it or win in it, and nobody can use its coupons.',
    ko: '가상 사용자가 이 캠페인의 복제본에서 버튼을 누릅니다. 실제 고객에게는 보이지 않고 발급되지도 않으며, 받은 쿠폰은 누구도 사용할 수 없습니다.',
  },
  shoppers: { en: 'Shoppers', ko: '가상 사용자 수' },
  perSecond: { en: 'Presses a second', ko: '초당 클릭 수' },
  atMost: { en: 'At most {max}', ko: '최대 {max}' },
  start: { en: 'Start the rehearsal', ko: '리허설 시작' },
  isOne: { en: 'Rehearsal: no real coupons.', ko: '리허설: 실제 쿠폰이 아닙니다.' },
  underWay: {
    en: 'Synthetic shoppers are pressing. It ends by itself, and is audited then.',
    ko: '가상 사용자가 버튼을 누르는 중입니다. 저절로 끝나며, 끝나면 바로 감사합니다.',
  },
  over: { en: 'It is over.', ko: '끝났습니다.' },
  original: { en: 'The campaign', ko: '원본 캠페인' },
  verdict: { en: 'Audit: {verdict}', ko: '감사: {verdict}' },
} as const satisfies Record<string, Wording>

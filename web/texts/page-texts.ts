import type { Wording } from './language.ts'

/** What the pages beside that of the button say. */
export const pageTexts = {
  frontLead: {
    en: 'Coupons for those who come first. Each press is decided once, recorded, and can be proved.',
    ko: '먼저 누른 분께 드리는 쿠폰입니다. 모든 요청은 한 번 판정하고, 기록하고, 증명할 수 있습니다.',
  },
  sales: { en: 'Sales', ko: '진행 중인 행사' },
  noSales: { en: 'There is no sale at the moment.', ko: '지금은 행사가 없습니다.' },
  moreSales: { en: 'and {n} more', ko: '그 밖에 {n}개' },
  forShoppers: { en: 'For shoppers', ko: '고객' },
  forOperators: { en: 'For operators', ko: '운영자' },
  console: { en: 'Console', ko: '콘솔' },
  forDevelopers: { en: 'For developers', ko: '개발자' },
  reference: { en: 'API reference', ko: 'API 문서' },
  state: {
    scheduled: { en: 'opens soon', ko: '시작 전' },
    open: { en: 'open', ko: '진행 중' },
    paused: { en: 'paused', ko: '잠시 멈춤' },
    'sold-out': { en: 'sold out', ko: '소진' },
    closed: { en: 'over', ko: '종료' },
    recovering: { en: 'recovering', ko: '복구 중' },
  },
  coupons: { en: 'My coupons', ko: '내 쿠폰' },
  couponsNeedScript: { en: 'The list needs JavaScript.', ko: '목록을 보려면 자바스크립트가 필요합니다.' },
  couponsSignIn: { en: 'Sign in to see your coupons.', ko: '로그인하면 쿠폰이 보입니다.' },
  noCoupons: { en: 'You have no coupons yet.', ko: '아직 쿠폰이 없습니다.' },
  incomplete: {
    en: 'Part of the list cannot be read at the moment, so there may be more. Nothing is lost.',
    ko: '지금은 목록의 일부를 읽을 수 없어 더 있을 수 있습니다. 쿠폰은 사라지지 않습니다.',
  },
  unreadable: {
    en: 'The list cannot be read at the moment. Your coupons are safe; it is asked for again by itself.',
    ko: '지금은 목록을 읽을 수 없습니다. 쿠폰은 안전하며, 저절로 다시 읽습니다.',
  },
  more: { en: 'Show more', ko: '더 보기' },
  use: { en: 'Use', ko: '사용하기' },
  giveBack: { en: 'Give back', ko: '사용 취소' },
  couponState: {
    confirming: { en: 'being recorded …', ko: '기록하는 중 …' },
    usable: { en: 'usable', ko: '사용 가능' },
    redeemed: { en: 'used', ko: '사용함' },
    expired: { en: 'expired', ko: '기간 만료' },
    revoked: { en: 'revoked', ko: '취소됨' },
  },
  working: { en: 'One moment …', ko: '잠시만 기다려 주세요 …' },
  recording: {
    en: 'This coupon is being recorded. It is yours, and is used as soon as that is done.',
    ko: '쿠폰을 기록하는 중입니다. 쿠폰은 안전하며, 기록이 끝나면 바로 사용됩니다.',
  },
  used: {
    en: 'Used. It can be given back as long as this tab is open.',
    ko: '사용했습니다. 이 탭을 닫기 전에는 취소할 수 있습니다.',
  },
  givenBack: { en: 'Given back: it can be used again.', ko: '사용을 취소했습니다. 다시 사용할 수 있습니다.' },
  failed: {
    en: 'That did not work. Nothing is lost, and trying again is safe.',
    ko: '처리하지 못했습니다. 쿠폰은 안전하며 다시 시도해도 됩니다.',
  },
  demoOrder: {
    en: 'There is no shop here: “Use” makes an order up.',
    ko: '체험판이라 쇼핑몰이 없습니다. ‘사용하기’를 누르면 가상의 주문에 사용됩니다.',
  },
  until: { en: 'until {time}', ko: '{time}까지' },
} as const satisfies Record<string, Wording | Record<string, Wording>>

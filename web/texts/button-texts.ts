import type { Wording } from './language.ts'

/**
 * What the button can be in. Unknown is `unanswered` and never `sold-out`. Won is `granted` or `already`, and
 * only once the coupon is in the log.
 */
export type ButtonState =
  | 'sign-in'
  | 'scheduled'
  | 'imminent'
  | 'open'
  | 'sending'
  | 'granted'
  | 'already'
  | 'confirming'
  | 'unanswered'
  | 'busy'
  | 'sold-out'
  | 'not-open'
  | 'not-eligible'
  | 'paused'
  | 'ended'
  | 'recovering'
  | 'missing'

/** What stands on the button, and the sentence below it. `{…}` is filled in. */
export const buttonTexts: Readonly<Record<ButtonState, { label: Wording; note: Wording }>> = {
  'sign-in': {
    label: { en: 'Sign in to take part', ko: '로그인하고 참여하기' },
    note: {
      en: 'The shop has to tell this page who you are.',
      ko: '쇼핑몰에 로그인하면 이 버튼을 누를 수 있습니다.',
    },
  },
  scheduled: {
    label: { en: 'Not open yet', ko: '아직 열리지 않았습니다' },
    note: {
      en: 'The button opens by itself. You do not need to reload.',
      ko: '시간이 되면 저절로 열립니다. 새로고침하지 않아도 됩니다.',
    },
  },
  imminent: {
    label: { en: 'Opening in a moment', ko: '곧 열립니다' },
    note: {
      en: 'Keep your finger ready. The clock is that of the server.',
      ko: '준비하세요. 시계는 서버 시각입니다.',
    },
  },
  open: {
    label: { en: 'Get my coupon', ko: '쿠폰 받기' },
    note: { en: 'First come, first served.', ko: '먼저 누른 순서대로 드립니다.' },
  },
  sending: {
    label: { en: 'Sending …', ko: '보내는 중 …' },
    note: {
      en: 'Your place is decided when the server reads your press.',
      ko: '서버가 요청을 읽는 순간 순서가 정해집니다.',
    },
  },
  granted: {
    label: { en: 'You have it', ko: '쿠폰을 받았습니다' },
    note: {
      en: 'You were number {rank}. The coupon is yours.',
      ko: '{rank}번째로 받았습니다. 이 쿠폰은 당신의 것입니다.',
    },
  },
  already: {
    label: { en: 'You have it already', ko: '이미 받은 쿠폰입니다' },
    note: {
      en: 'You were number {rank}. Nobody gets it twice.',
      ko: '{rank}번째로 받은 쿠폰입니다. 두 번 발급되지 않습니다.',
    },
  },
  confirming: {
    label: { en: 'Being confirmed …', ko: '확인하는 중 …' },
    note: {
      en: 'You have a place. It is being written down; stay here.',
      ko: '순서를 받았고 기록하는 중입니다. 잠시만 기다려 주세요.',
    },
  },
  unanswered: {
    label: { en: 'Press again', ko: '다시 누르기' },
    note: {
      en: 'No answer came, so nobody knows yet. Pressing again is safe and never gives a second coupon.',
      ko: '응답을 받지 못해 결과를 아직 모릅니다. 다시 눌러도 안전하며 두 번 발급되지 않습니다.',
    },
  },
  busy: {
    label: { en: 'Press again', ko: '다시 누르기' },
    note: {
      en: 'Too many people pressed at once, and yours was not decided. Pressing again is safe.',
      ko: '한꺼번에 많은 분이 눌러 순서가 오지 않았습니다. 다시 눌러도 안전합니다.',
    },
  },
  'sold-out': {
    label: { en: 'Sold out', ko: '모두 소진되었습니다' },
    note: { en: 'Every coupon found somebody who came before.', ko: '먼저 누른 분들이 모두 받아 갔습니다.' },
  },
  'not-open': {
    label: { en: 'A moment too early', ko: '조금 일찍 눌렀습니다' },
    note: {
      en: 'Nothing is lost. The button opens again in a moment.',
      ko: '불이익은 없습니다. 곧 다시 열립니다.',
    },
  },
  'not-eligible': {
    label: { en: 'Not for this account', ko: '대상이 아닙니다' },
    note: { en: 'This sale is for other members. {reason}', ko: '다른 회원을 위한 행사입니다. {reason}' },
  },
  paused: {
    label: { en: 'Paused', ko: '잠시 멈춤' },
    note: {
      en: 'The shop paused the sale. What you have is safe; stay here.',
      ko: '쇼핑몰이 행사를 잠시 멈췄습니다. 받은 쿠폰은 안전합니다.',
    },
  },
  ended: {
    label: { en: 'Over', ko: '끝난 행사입니다' },
    note: { en: 'Coupons that were won are in the list.', ko: '받은 쿠폰은 목록에 있습니다.' },
  },
  recovering: {
    label: { en: 'Recovering …', ko: '복구하는 중 …' },
    note: {
      en: 'The server is coming back. No coupon is lost; this page goes on by itself.',
      ko: '서버를 복구하고 있습니다. 쿠폰은 사라지지 않으며, 복구되면 저절로 이어집니다.',
    },
  },
  missing: {
    label: { en: 'No such sale', ko: '없는 행사입니다' },
    note: { en: 'Check the address.', ko: '주소를 확인해 주세요.' },
  },
}

/** The other words of the button and its page. */
export const shopperTexts = {
  opensAt: { en: 'Opens', ko: '시작' },
  closesAt: { en: 'Closes', ko: '종료' },
  stockLeft: { en: '{left} of {stock} left', ko: '{stock}장 중 {left}장 남음' },
  serverTime: { en: 'Server time', ko: '서버 시각' },
  uncertain: { en: '± {ms} ms', ko: '± {ms} ms' },
  days: { en: '{n} days', ko: '{n}일' },
  usable: { en: 'Use it from {from} to {until}', ko: '{from}부터 {until}까지 사용' },
  myCoupons: { en: 'My coupons', ko: '내 쿠폰' },
  soldOutAt: { en: 'Sold out at {time}.', ko: '{time}에 소진되었습니다.' },
  announceSoon: { en: 'Opens in one minute.', ko: '1분 뒤에 열립니다.' },
  announceTen: { en: 'Opens in ten seconds.', ko: '10초 뒤에 열립니다.' },
  announceOpen: { en: 'Open now.', ko: '지금 열렸습니다.' },
  noScript: {
    en: 'The button needs JavaScript. The times and the stock above are those of the server.',
    ko: '버튼을 누르려면 자바스크립트가 필요합니다. 위의 시각과 수량은 서버의 것입니다.',
  },
  percentOff: { en: '{value} % off', ko: '{value}% 할인' },
  amountOff: { en: '{amount} off', ko: '{amount} 할인' },
  demoSignIn: { en: 'Sign in as a demo shopper', ko: '체험용 회원으로 로그인' },
  signedInAs: { en: 'Signed in as {user}', ko: '{user} 님' },
} as const satisfies Record<string, Wording>

/** Fills `{name}` in a text. */
export const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))

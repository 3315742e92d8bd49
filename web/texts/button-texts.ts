import type { Wording } from './language.ts'

/**
 * What the button can be in. Unknown is `unanswered` and never `sold-out`. Won is `granted`, `already` or
 * `usable`, and only once the coupon is in the log.
 */
export type ButtonState =
  | 'sign-in'
  | 'scheduled'
  | 'imminent'
  | 'open'
  | 'sending'
  | 'granted'
  | 'already'
  | 'usable'
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
      en: 'Sign in before it opens: each press is counted for one person.',
      ko: '시작하기 전에 로그인해 주세요. 한 사람의 요청은 한 번만 셉니다.',
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
      en: 'Get ready. The countdown follows the clock of the server.',
      ko: '준비하세요. 서버 시각에 맞춰 열립니다.',
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
      en: 'You were {rank}. The coupon is yours, to use until {until}.',
      ko: '{rank}로 받았습니다. {until}까지 사용할 수 있습니다.',
    },
  },
  already: {
    label: { en: 'You have it already', ko: '이미 받은 쿠폰입니다' },
    note: {
      en: 'You were {rank}. Nobody gets it twice.',
      ko: '{rank}로 받은 쿠폰입니다. 두 번 발급되지 않습니다.',
    },
  },
  usable: {
    label: { en: 'Your coupon is here', ko: '쿠폰이 있습니다' },
    note: {
      en: 'You were {rank}. Use it until {until}.',
      ko: '{rank}로 받았습니다. {until}까지 사용할 수 있습니다.',
    },
  },
  confirming: {
    label: { en: 'Being confirmed …', ko: '확인하는 중 …' },
    note: {
      en: 'You have a place, and it is being written down. Stay here, or come back: it is kept.',
      ko: '순서를 받았고 기록하는 중입니다. 나갔다 와도 순서는 그대로입니다.',
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
      en: 'Too many presses came at once, and yours was not decided. Pressing again is safe.',
      ko: '요청이 한꺼번에 몰려 아직 판정되지 않았습니다. 다시 눌러도 안전합니다.',
    },
  },
  'sold-out': {
    label: { en: 'Sold out', ko: '모두 소진되었습니다' },
    note: {
      en: 'Every coupon went to somebody who came before.',
      ko: '먼저 누른 분들이 모두 받아 갔습니다.',
    },
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
    note: {
      en: 'This sale is for other members. If that is wrong, sign in again.',
      ko: '다른 회원을 위한 행사입니다. 잘못되었다면 다시 로그인해 주세요.',
    },
  },
  paused: {
    label: { en: 'Paused', ko: '잠시 멈춤' },
    note: {
      en: 'The shop paused the sale. Coupons that were won are safe; this page goes on by itself.',
      ko: '행사를 잠시 멈췄습니다. 받은 쿠폰은 안전하며, 다시 시작하면 저절로 이어집니다.',
    },
  },
  ended: {
    label: { en: 'Over', ko: '끝난 행사입니다' },
    note: {
      en: 'The sale has ended. Coupons that were won are kept.',
      ko: '행사가 끝났습니다. 받은 쿠폰은 그대로 있습니다.',
    },
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
  usableFrom: { ko: '사용 시작', en: 'Usable from' },
  usableUntil: { en: 'Usable until', ko: '사용 기한' },
  myCoupons: { en: 'My coupons', ko: '내 쿠폰' },
  soldOutAt: { en: 'Sold out at {time}.', ko: '{time}에 모두 소진되었습니다.' },
  /** A place in the line, by the rule of English: 1st, 2nd, 3rd, 4th. */
  place: {
    one: { en: '{rank}st', ko: '{rank}번째' },
    two: { en: '{rank}nd', ko: '{rank}번째' },
    few: { en: '{rank}rd', ko: '{rank}번째' },
    other: { en: '{rank}th', ko: '{rank}번째' },
  },
  announceSoon: { en: 'Opens in one minute.', ko: '1분 뒤에 열립니다.' },
  announceTen: { en: 'Opens in ten seconds.', ko: '10초 뒤에 열립니다.' },
  announceOpen: { en: 'Open now.', ko: '지금 열렸습니다.' },
  noScript: {
    en: 'The button needs JavaScript. The times and the stock above are those of the server.',
    ko: '버튼을 누르려면 자바스크립트가 필요합니다. 위의 시각과 수량은 서버의 것입니다.',
  },
  percentOff: { en: '{value} % off', ko: '{value}% 할인' },
  amountOff: { en: '{amount} off', ko: '{amount} 할인' },
  demo: {
    en: 'This is a demo: signing in makes a shopper up, another one in each tab.',
    ko: '체험판입니다. 로그인하면 가상의 회원이 되며, 탭마다 다른 회원입니다.',
  },
  demoSignIn: { en: 'Sign in as a demo shopper', ko: '가상의 회원으로 로그인' },
} as const satisfies Record<string, Wording | Record<string, Wording>>

/** Fills `{name}` in a text. */
export const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))

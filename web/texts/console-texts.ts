import type { Wording } from './language.ts'

/** What the console says. `{…}` is filled in. */
export const consoleTexts = {
  title: { en: 'Console', ko: '콘솔' },
  needsScript: { en: 'The console needs JavaScript.', ko: '콘솔을 보려면 자바스크립트가 필요합니다.' },
  views: { en: 'Views', ko: '화면' },
  live: { en: 'Live', ko: '실시간' },
  campaigns: { en: 'Campaigns', ko: '캠페인' },
  coupons: { en: 'Coupons', ko: '쿠폰' },
  wall: { en: 'Wall', ko: '상황판' },
  leaveWall: { en: 'Leave the wall', ko: '상황판 닫기' },
  signIn: { en: 'Sign in', ko: '로그인' },
  signInLead: {
    en: 'The token stays in this tab: it is in no address and no cookie, and goes when the tab is closed.',
    ko: '토큰은 이 탭에만 보관됩니다. 주소나 쿠키에 남지 않고, 탭을 닫으면 사라집니다.',
  },
  token: { en: 'Operator token', ko: '운영자 토큰' },
  tokenHint: {
    en: 'npm start prints a command that shows it.',
    ko: 'npm start가 이 토큰을 보여 주는 명령을 출력합니다.',
  },
  wrongToken: {
    en: 'This is no token of an operator, or it has expired.',
    ko: '운영자 토큰이 아니거나 만료된 토큰입니다.',
  },
  expired: {
    en: 'You were signed out: the token has expired, or is no longer accepted. Sign in again.',
    ko: '로그아웃되었습니다. 토큰이 만료되었거나 더 이상 유효하지 않습니다. 다시 로그인하세요.',
  },
  signOut: { en: 'Sign out', ko: '로그아웃' },
  who: { en: '{name} · {role}', ko: '{name} · {role}' },
  mayChange: { en: 'may change', ko: '변경 가능' },
  readsOnly: { en: 'reads only', ko: '조회 전용' },
  unknown: { en: 'unknown', ko: '알 수 없음' },
  close: { en: 'Close', ko: '닫기' },
  cancel: { en: 'Cancel', ko: '취소' },
  more: { en: 'Show more', ko: '더 보기' },
  loading: { en: 'Loading …', ko: '불러오는 중 …' },
} as const satisfies Record<string, Wording>

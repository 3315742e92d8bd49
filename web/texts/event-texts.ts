import type { Wording } from './language.ts'

/** What happened in a sale, in words, and what its replay says. */
export const eventTexts = {
  events: { en: 'Events', ko: '주요 시점' },
  noEvents: { en: 'Nothing has happened yet.', ko: '아직 기록된 일이 없습니다.' },
  unread: {
    en: 'The database does not answer: newer events may be missing.',
    ko: 'DB가 응답하지 않아 최근 내용이 빠져 있을 수 있습니다.',
  },
  milestone: {
    first: { en: 'first grant', ko: '첫 발급' },
    half: { en: 'half of {stock} granted', ko: '{stock}장 중 절반 발급' },
    thousandth: { en: '1,000th grant', ko: '1,000번째 발급' },
    'sold-out': { en: 'sold out: all {stock} granted', ko: '소진: {stock}장 모두 발급' },
    last: { en: 'last grant so far: number {rank}', ko: '현재까지 마지막 발급: {rank}번째' },
  },
  raised: { en: 'stock raised to {stock}', ko: '수량을 {stock}장으로 늘림' },
  changed: { en: '{what} by {who}', ko: '{what} (변경: {who})' },
  replay: { en: 'Replay: {name}', ko: '다시 보기: {name}' },
  replayLink: { en: 'Replay of the sale', ko: '판매 과정 다시 보기' },
  backToCampaign: { en: 'The campaign', ko: '캠페인으로' },
  zone: { en: 'Times are those of {zone}.', ko: '시각은 {zone} 기준입니다.' },
  nothing: {
    en: 'No grant is recorded, so there is nothing to replay.',
    ko: '기록된 발급이 없어 다시 볼 내용이 없습니다.',
  },
  position: { en: 'Moment of the sale', ko: '판매 시점' },
  keys: {
    en: 'Arrow keys move by {s} s, page keys by ten times as much, Home and End to the ends.',
    ko: '화살표 키는 {s}초씩, Page 키는 그 10배씩, Home과 End는 처음과 끝으로 이동합니다.',
  },
  play: { en: 'Play', ko: '재생' },
  stop: { en: 'Stop', ko: '멈춤' },
  stepBack: { en: 'Step back', ko: '한 단계 뒤로' },
  stepOn: { en: 'Step on', ko: '한 단계 앞으로' },
  speed: { en: 'Speed', ko: '속도' },
  time: { en: 'Time', ko: '시각' },
  granted: { en: 'Granted', ko: '발급' },
  left: { en: 'Left', ko: '남음' },
  rate: { en: 'Grants a second', ko: '초당 발급' },
  rateOver: { en: 'each over {s} s', ko: '{s}초 단위' },
  valueText: {
    en: '{time}, {granted} granted, {left} left, {rate} a second',
    ko: '{time}, {granted}장 발급, {left}장 남음, 초당 {rate}장',
  },
  goTo: { en: 'Go to {time}: {what}', ko: '{time}로 이동: {what}' },
  drawnFrom: {
    en: 'Drawn from {n} of {all} grants, with straight lines between them.',
    ko: '전체 발급 {all}건 중 {n}건으로 그렸고, 그 사이는 직선으로 이었습니다.',
  },
  notRecorded: {
    en: 'Presses that were refused are not recorded, and not shown. Times are those of the grants.',
    ko: '거절된 요청은 기록되지 않아 표시되지 않습니다. 시각은 발급된 시각입니다.',
  },
} as const satisfies Record<string, Wording | Record<string, Wording>>

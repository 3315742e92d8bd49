import type { Wording } from './language.ts'

/** What the console says about the servers. */
export const serverTexts = {
  servers: { en: 'Servers', ko: '서버' },
  place: {
    Redis: { en: 'Redis', ko: 'Redis' },
    Kafka: { en: 'Kafka', ko: 'Kafka' },
    database: { en: 'Database', ko: '데이터베이스' },
    machine: { en: 'Machine of the API', ko: 'API 서버 머신' },
  },
  noVersion: { en: 'version not reported', ko: '버전 정보 없음' },
  level: {
    ok: { en: '✓ OK', ko: '✓ 정상' },
    warning: { en: '⚠ warning', ko: '⚠ 주의' },
    failed: { en: '✕ failed', ko: '✕ 실패' },
    unknown: { en: '? unknown', ko: '? 알 수 없음' },
    unread: { en: '? unread', ko: '? 응답 없음' },
  },
  met: { en: '{ok} of {n} requirements met', ko: '요구 사항 {n}개 중 {ok}개 충족' },
  finding: { en: '{place}: {name} is {found}', ko: '{place}: {name} 값이 {found}' },
  expected: { en: 'Expected: {text}', ko: '기준: {text}' },
  fix: { en: 'Fix: {text}', ko: '조치: {text}' },
  examined: { en: 'Examined {time} ago', ko: '{time} 전에 점검함' },
  examining: { en: 'Examining the servers …', ko: '서버를 점검하는 중 …' },
  notExamined: {
    en: 'The servers could not be examined: {why} Next try in {s} s.',
    ko: '서버를 점검하지 못했습니다: {why} {s}초 뒤 다시 점검합니다.',
  },
  notInTime: {
    en: 'The servers did not answer in time: check again.',
    ko: '서버가 제때 응답하지 않았습니다. 다시 점검하세요.',
  },
} as const satisfies Record<string, Wording | Record<string, Wording>>

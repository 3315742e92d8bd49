import type { Wording } from './language.ts'

/** What the console says while the figures of sales are hidden. */
export const figureTexts = {
  hide: { en: 'Hide figures', ko: '수치 숨기기' },
  show: { en: 'Show figures', ko: '수치 보기' },
  hidden: { en: '•••', ko: '•••' },
  share: { en: '{n}%', ko: '{n}%' },
  below: { en: '< 1%', ko: '< 1%' },
  some: { en: '> 0', ko: '> 0' },
  left: { en: '{share} left', ko: '{share} 남음' },
  needed: {
    en: 'Figures are hidden, and this needs them. Show them first.',
    ko: '수치를 숨긴 상태에서는 사용할 수 없습니다. 먼저 수치를 표시하세요.',
  },
} as const satisfies Record<string, Wording>

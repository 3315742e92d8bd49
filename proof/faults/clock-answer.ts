import type { Answer } from '../../load/people/answer.ts'

const retryAfterMs = 500

/** Whether a refusal is about the time that the campaign is open. A clock that jumped causes it. */
export const isByClock = (code: string): boolean => code === 'closed' || code === 'not-open'

/** People who know that the campaign is open press again after such a refusal. */
export const askAgainAfterClock = (answer: Answer): Answer =>
  answer.meaning.kind === 'refused' && isByClock(answer.meaning.code)
    ? { ...answer, next: 'press', retryAfterMs }
    : answer

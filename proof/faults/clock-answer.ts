import type { Answer } from '../../load/people/answer.ts'

const retryAfterMs = 500

/** Whether a refusal is about the time that the campaign is open. A clock that jumped causes it. */
export const isByClock = (code: string): boolean => code === 'closed' || code === 'not-open'

/**
 * People press again while the sale is paused. They know that it is open, and press again after a refusal by
 * a clock, unless it may have been closed for good.
 */
export const askAgainWhileStopped = (answer: Answer, mayBeClosed: boolean): Answer => {
  if (answer.meaning.kind !== 'refused') return answer
  const { code } = answer.meaning
  const isOver = code === 'closed' && mayBeClosed
  return code === 'paused' || (isByClock(code) && !isOver)
    ? { ...answer, next: 'press', retryAfterMs }
    : answer
}

import { setTimeout as wait } from 'node:timers/promises'
import { type Answer, unanswered } from '../../load/people/answer.ts'

/** Where a person asks, and what they do there: press, or ask what came of it. */
export type Question = { act: 'press' | 'outcome'; at: number }

export type PersonOptions = {
  /** How many API processes there are to ask. */
  places: number
  ask(question: Question): Promise<Answer>
  random(): number
  /** Once aborted the person asks no more. */
  ending: AbortSignal
}

// Whoever was told nothing about when to come back does so within half a second, and nobody waits longer than the second.
const waitBounds = { minMs: 100, maxMs: 5_000 }

/** What somebody does after an answer that leaves it open. */
const nextQuestion = (answer: Answer, { at }: Question, { places, random }: PersonOptions): Question => ({
  // People who are not answered press again or look what came of it.
  act: answer.next === 'press' || (answer.told.kind === 'unknown' && random() < 0.5) ? 'press' : 'outcome',
  at: answer === unanswered ? (at + 1) % places : at,
})

/** Resolves when the person has a final answer, or when it is over. */
export const livePerson = async (options: PersonOptions): Promise<void> => {
  const { places, ask, random, ending } = options
  let question: Question = { act: 'press', at: Math.floor(random() * places) }
  while (!ending.aborted) {
    const answer = await ask(question)
    if (answer.next === 'nothing') return
    question = nextQuestion(answer, question, options)
    const dueMs = Math.min(Math.max(answer.retryAfterMs, waitBounds.minMs), waitBounds.maxMs)
    // Apart by up to half of it: people do not come back at the same moment.
    const pause = wait(dueMs * (1 + random() / 2), undefined, { signal: ending })
    // It only rejects when it is over, which the loop sees.
    await pause.catch(() => undefined)
  }
}

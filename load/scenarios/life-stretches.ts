import { type OutcomeFigures, outcomeFigures } from '../measure/figures.ts'
import type { AnswerTimes } from '../people/answer.ts'
import { isGrant, type PressAnswer } from './press-answers.ts'

/** When the operator asked for each change, and had its answer. */
export type ChangeTimes = Record<'pause' | 'resume' | 'raise', AnswerTimes>

const names = ['open', 'paused', 'resumed', 'raised'] as const

/** The presses that were sent in a stretch, and what they were answered. */
export type LifeStretch = { name: (typeof names)[number]; outcomes: OutcomeFigures[] }

/** Parts the answers by when their presses were sent. A stretch begins with the answer to its change. */
export const lifeStretches = (
  answers: readonly PressAnswer[],
  { pause, resume, raise }: ChangeTimes,
): LifeStretch[] => {
  const begunAt = [pause, resume, raise].map(({ answeredMs }) => answeredMs)
  const byStretch = Map.groupBy(
    answers,
    ({ times }) => begunAt.filter((answeredMs) => times.sentMs >= answeredMs).length,
  )
  return names.map((name, at) => ({ name, outcomes: outcomeFigures(byStretch.get(at) ?? []) }))
}

/**
 * The grants around a pause. `late` counts those of presses that were sent after its answer, and answered
 * before the resumption was sent. Left out is who may have won by a press before it. `lastGrantMs` is from
 * its answer to the last grant of any press. One that was decided before may be answered after it.
 */
export const grantsIn = (
  answers: readonly PressAnswer[],
  { pause, resume }: ChangeTimes,
): { late: number; lastGrantMs: number | null } => {
  const pressedBefore = new Set(
    answers.flatMap(({ shopper, times }) => (times.sentMs <= pause.answeredMs ? [shopper] : [])),
  )
  const grants = answers.filter(
    ({ status, answer, times }) => status !== 200 && isGrant(answer) && times.answeredMs < resume.sentMs,
  )
  const late = grants.filter(
    ({ shopper, status, times }) =>
      times.sentMs > pause.answeredMs && (status === 201 || !pressedBefore.has(shopper)),
  )
  const lastMs = grants.reduce<number | null>(
    (last, { times }) => Math.max(last ?? times.answeredMs, times.answeredMs),
    null,
  )
  return { late: late.length, lastGrantMs: lastMs === null ? null : lastMs - pause.answeredMs }
}

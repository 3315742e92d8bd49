import type { Machine } from '../measure/machine.ts'
import type { LifeResult } from '../scenarios/life.ts'
import type { LifeStretch } from '../scenarios/life-stretches.ts'
import { answerLines, headingLine, type ReportOutput, rowLine } from './lines.ts'
import { inMs, inThousands } from './numbers.ts'
import { verdictFirst } from './verdict-first.ts'
import { connectionNotes } from './words.ts'

const titles: Record<LifeStretch['name'], string> = {
  open: 'Open',
  paused: 'While paused',
  resumed: 'Resumed',
  raised: 'With more stock',
}
const changeNames = { pause: 'pause', resume: 'resumption', raise: 'more stock' } as const

/** `3.1 ms after` the answer of the pause, or `before` it. */
const asDistance = (milliseconds: number): string =>
  `${inMs(Math.abs(milliseconds))} ms ${milliseconds > 0 ? 'after' : 'before'}`

const lastGrantText = (lastGrantMs: number | null): string =>
  lastGrantMs === null ? 'none' : asDistance(lastGrantMs)

/** The life of a campaign for a terminal: the verdict, the pause, the changes, and then each stretch. */
export const lifeReport = (result: LifeResult, machine: Machine, stream: ReportOutput): string => {
  const { plan, people, verdict, stretches, changes, grantsWhilePaused, lastGrantMs, used, uses } = result
  return verdictFirst(
    {
      ...{ verdict, parts: [result], promises: 'all', machine },
      subject: `${inThousands(people)} people pressed, ${inThousands(used)} coupons were redeemed`,
      bar: {
        ...{ isMet: grantsWhilePaused === 0, met: 'HELD', missed: 'LEAKED' },
        sentence: `${inThousands(grantsWhilePaused)} presses sent after the answer of the pause got a coupon`,
      },
      figures: [
        headingLine('Changes', [], stream),
        ...changes.map(({ name, tookMs }) =>
          rowLine([changeNames[name], `${inMs(tookMs)} ms`, 'until its answer'], stream),
        ),
        rowLine(['last grant', lastGrantText(lastGrantMs), 'the answer of the pause'], stream),
        ...stretches.flatMap(({ name, outcomes }) => ['', ...answerLines(titles[name], outcomes, stream)]),
        '',
        ...answerLines('Coupons in use', uses, stream),
      ],
      notes: [
        `${plan.paused} s paused; who was told of it pressed again when its Retry-After was over`,
        'a redemption waits until its coupon is a row, and repeats are part of its time',
        ...connectionNotes(result),
      ],
    },
    stream,
  )
}

import type { Machine } from '../measure/machine.ts'
import type { SoldOutResult } from '../scenarios/sold-out.ts'
import { answerLines, answerRateLine, headingLine, type ReportOutput } from './lines.ts'
import { inThousands } from './numbers.ts'
import { verdictFirst } from './verdict-first.ts'
import { connectionNotes } from './words.ts'

/** What people got who came too late, for a terminal. */
export const soldOutReport = (result: SoldOutResult, machine: Machine, stream: ReportOutput): string => {
  const { plan, verdict } = result
  return verdictFirst(
    {
      ...{ verdict, parts: [result], promises: 'all', machine },
      subject: `${inThousands(plan.presses)} presses after the last of ${inThousands(plan.stock)} coupons was gone`,
      figures: [
        ...answerLines('Answers', result.outcomes, stream),
        '',
        headingLine('Figures', [], stream),
        answerRateLine(result, plan.connections, stream),
      ],
      notes: connectionNotes(result),
    },
    stream,
  )
}

import type { Machine } from '../measure/machine.ts'
import type { MasherResult } from '../scenarios/masher.ts'
import { answerLines, answerRateLine, headingLine, type ReportOutput, rowLine } from './lines.ts'
import { inThousands } from './numbers.ts'
import { verdictFirst } from './verdict-first.ts'
import { connectionNotes } from './words.ts'

/** What people got who mashed the button, for a terminal. */
export const masherReport = (result: MasherResult, machine: Machine, stream: ReportOutput): string => {
  const { plan, verdict, outcomes, winners } = result
  const { shoppers, presses, stock, connections } = plan
  return verdictFirst(
    {
      ...{ verdict, parts: [result], promises: 'all', machine },
      subject: `${inThousands(shoppers)} shoppers pressed ${inThousands(presses)} times each for ${inThousands(stock)} coupons`,
      figures: [
        ...answerLines('Answers', outcomes, stream),
        '',
        headingLine('Figures', [], stream),
        answerRateLine(result, connections, stream),
        rowLine(['winners', inThousands(winners), 'shoppers with a coupon'], stream),
      ],
      notes: connectionNotes(result),
    },
    stream,
  )
}

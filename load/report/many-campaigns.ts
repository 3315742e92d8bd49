import type { Machine } from '../measure/machine.ts'
import type { ListFigures, ManyCampaignsResult } from '../scenarios/many-campaigns.ts'
import { headingLine, type ReportOutput, tableLine } from './lines.ts'
import { asRatio, inMs, inThousands } from './numbers.ts'
import { verdictFirst } from './verdict-first.ts'

const columns = ['lists/s', 'lowest', 'highest', 'of node', 'press p99 ms', 'lowest', 'highest']

const figuresLine = ({ live, listsPerSecond, ofNode, pressP99Ms }: ListFigures): string =>
  tableLine(`${inThousands(live)} campaigns`, [
    ...[listsPerSecond.median, listsPerSecond.min, listsPerSecond.max].map((each) =>
      inThousands(Math.floor(each)),
    ),
    asRatio(ofNode.median),
    ...[pressP99Ms.median, pressP99Ms.min, pressP99Ms.max].map(inMs),
  ])

/** Lists with few and with many live campaigns, for a terminal: the verdict, the bar, then the figures. */
export const manyCampaignsReport = (
  result: ManyCampaignsResult,
  machine: Machine,
  stream: ReportOutput,
): string => {
  const { plan, few, many, verdict, listsRatio, pressRatio, ratioMin, settlements } = result
  return verdictFirst(
    {
      ...{ verdict, parts: settlements, promises: 'broken', machine },
      subject: `${plan.pressesPerSecond} presses a second beside lists`,
      bar: {
        ...{ isMet: Math.min(listsRatio, pressRatio) >= ratioMin, met: 'EVEN', missed: 'UNEVEN' },
        sentence: `lists ${asRatio(listsRatio)}, presses ${asRatio(pressRatio)} of those with few campaigns; the bar is ${asRatio(ratioMin)}`,
      },
      figures: [headingLine('Lists of coupons', columns, stream), figuresLine(few), figuresLine(many)],
    },
    stream,
  )
}

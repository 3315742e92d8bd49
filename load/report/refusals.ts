import type { Machine } from '../measure/machine.ts'
import type { AnswerCost, RefusalsResult } from '../scenarios/refusals.ts'
import { headingLine, type ReportOutput, tableLine } from './lines.ts'
import { asRatio } from './numbers.ts'
import { verdictFirst } from './verdict-first.ts'

const columns = ['status', 'CPU us', 'lowest', 'highest', 'of a grant', 'highest', 'bar']

const costLine = ({ name, status, microseconds, ratio }: AnswerCost, bar: string): string =>
  tableLine(name, [
    String(status),
    ...[microseconds.median, microseconds.min, microseconds.max].map((each) => each.toFixed(1)),
    ...[ratio.median, ratio.max].map(asRatio),
    bar,
  ])

/** What refusals cost, for a terminal: the verdict on the grants between them, the bar, then the costs. */
export const refusalsReport = (result: RefusalsResult, machine: Machine, stream: ReportOutput): string => {
  const { plan, grant, refusals, dear, verdict, settlements } = result
  const isCheap = dear.length === 0
  return verdictFirst(
    {
      ...{ verdict, parts: settlements, machine },
      subject: `${plan.rounds} rounds of ${plan.requests} requests of each kind`,
      bar: {
        ...{ isMet: isCheap, met: 'CHEAP', missed: 'DEAR' },
        sentence: isCheap
          ? 'every refusal costs less of a grant than its bar'
          : `these cost as much of a grant as their bar, or more: ${dear.join(', ')}`,
      },
      // One campaign a round has the same promises: those that broke are shown each.
      promises: 'broken',
      figures: [
        headingLine('Processor of the API', columns, stream),
        costLine(grant, ''),
        ...refusals.map((refusal) => costLine(refusal, asRatio(refusal.ratioMax))),
      ],
    },
    stream,
  )
}

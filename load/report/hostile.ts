import type { Machine } from '../measure/machine.ts'
import type { BadClientHarm, HostileResult } from '../scenarios/hostile.ts'
import { headingLine, type ReportOutput, tableLine } from './lines.ts'
import { asRatio, inMs, inThousands } from './numbers.ts'
import { verdictFirst } from './verdict-first.ts'

const columns = ['alone ms', 'beside it ms', 'ratio', 'lowest', 'highest', 'not served']
const clientColumns = ['requests /s', 'answers /s', 'opened /s', 'closed on it /s']

const harmLine = ({ name, aloneMs, besideMs, ratio, unserved }: BadClientHarm): string =>
  tableLine(name, [
    inMs(aloneMs.median),
    inMs(besideMs.median),
    ...[ratio.median, ratio.min, ratio.max].map(asRatio),
    inThousands(unserved),
  ])

const clientLine = ({ name, perSecond: { sent, answered, opened, cut } }: BadClientHarm): string =>
  tableLine(name, [sent, answered, opened, cut].map(inThousands))

/** What people noticed of bad clients, for a terminal: the verdict on their presses, the bar, the p99s. */
export const hostileReport = (result: HostileResult, machine: Machine, stream: ReportOutput): string => {
  const { plan, harm, ratioMax, harmful, verdict } = result
  const isUnharmed = harmful.length === 0
  return verdictFirst(
    {
      ...{ verdict, parts: [result], promises: 'broken', machine },
      subject: `${plan.pairs} pairs of ${plan.seconds} s for each bad client, ${inThousands(plan.pressesPerSecond)} presses /s`,
      bar: {
        ...{ isMet: isUnharmed, met: 'UNHARMED', missed: 'HARMED' },
        sentence: isUnharmed
          ? `beside every bad client all were served, with a p99 of at most ${asRatio(ratioMax)} times that alone`
          : `somebody was not served, or the p99 was more than ${asRatio(ratioMax)} times that alone: ${harmful.join(', ')}`,
      },
      figures: [
        headingLine('p99 of people', columns, stream),
        ...harm.map(harmLine),
        '',
        headingLine('Bad clients', clientColumns, stream),
        ...harm.map(clientLine),
      ],
    },
    stream,
  )
}

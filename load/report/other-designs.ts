import type { Spread } from '../measure/figures.ts'
import type { Machine } from '../measure/machine.ts'
import { designLabels } from '../other-designs/design-process.ts'
import type { DesignFaults, OtherDesignsResult } from '../scenarios/other-designs.ts'
import { headingLine, type ReportOutput, tableLine } from './lines.ts'
import { asRatio, inThousands } from './numbers.ts'
import { verdictFirst } from './verdict-first.ts'
import { pressedIn } from './words.ts'

const speedColumns = ['coupons/s', 'lowest', 'highest', 'ours to it', 'lowest', 'highest']
const faultColumns = ['lost', 'oversold', 'doubled']

const speedCells = ({ median, min, max }: Spread): string[] =>
  [median, min, max].map((each) => inThousands(Math.floor(each)))
const faultLine = (name: string, { lost, oversold, doubled }: DesignFaults): string =>
  tableLine(name, [lost, oversold, doubled].map(inThousands))

/** Other designs for a terminal: the verdict of the system, speeds, then what each design lost. */
export const otherDesignsReport = (
  { plan, verdict, bursts, persistedPerSecond, designs }: OtherDesignsResult,
  machine: Machine,
  stream: ReportOutput,
): string => {
  const { shoppers, rounds } = plan
  return verdictFirst(
    {
      ...{ verdict, parts: bursts, machine, promises: 'broken' },
      subject: `${rounds} rounds of ${pressedIn({ shoppers, stock: Math.floor(shoppers / 2) })}`,
      figures: [
        headingLine('Persisted', speedColumns, stream),
        tableLine('firstcome', speedCells(persistedPerSecond)),
        ...designs.map(({ name, persistedPerSecond: speed, ratio }) =>
          tableLine(designLabels[name], [
            ...speedCells(speed),
            ...[ratio.median, ratio.min, ratio.max].map(asRatio),
          ]),
        ),
        '',
        headingLine('Killed half way', faultColumns, stream),
        ...designs.map(({ name, killed }) => faultLine(designLabels[name], killed)),
        '',
        headingLine('Redis lost half way', faultColumns, stream),
        ...designs.map(({ name, redisLost }) =>
          redisLost === undefined
            ? tableLine(designLabels[name], ['no Redis'])
            : faultLine(designLabels[name], redisLost),
        ),
      ],
    },
    stream,
  )
}

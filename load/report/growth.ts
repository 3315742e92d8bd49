import type { Machine } from '../measure/machine.ts'
import type { GrowthResult } from '../scenarios/growth.ts'
import { headingLine, type ReportOutput, tableLine } from './lines.ts'
import { inThousands } from './numbers.ts'
import { verdictFirst } from './verdict-first.ts'

const columns = ['API us', 'Redis us', 'bytes/winner']

/** What a press costs as a campaign grows, for a terminal: the verdict, then the sizes. */
export const growthReport = (
  { plan, verdict, sizes, settlement }: GrowthResult,
  machine: Machine,
  stream: ReportOutput,
): string =>
  verdictFirst(
    {
      ...{ verdict, parts: [settlement], machine, promises: 'all' },
      subject: `a campaign grew to ${inThousands(plan.winners)} winners`,
      figures: [
        headingLine('A press, of processor', columns, stream),
        ...sizes.map(({ winners, apiMicroseconds, redisMicroseconds, redisBytesPerWinner }) =>
          tableLine(`${inThousands(winners)} winners`, [
            apiMicroseconds.toFixed(1),
            redisMicroseconds.toFixed(1),
            inThousands(redisBytesPerWinner),
          ]),
        ),
      ],
    },
    stream,
  )

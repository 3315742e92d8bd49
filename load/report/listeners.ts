import type { Machine } from '../measure/machine.ts'
import type { ListenersResult } from '../scenarios/listeners.ts'
import { headingLine, type ReportOutput, tableLine } from './lines.ts'
import { asProbability, asRatio, inThousands } from './numbers.ts'
import { verdictFirst } from './verdict-first.ts'

/** What open streams take from the presses, for a terminal. */
export const listenersReport = (result: ListenersResult, machine: Machine, stream: ReportOutput): string => {
  const { plan, alone, beside, ratio, ratioMin, eventsOfListener, cut, verdict } = result
  const isMet = ratio.median >= ratioMin
  const rates = ({ median, min, max }: ListenersResult['alone']): string[] =>
    [median, min, max].map(inThousands)
  return verdictFirst(
    {
      ...{ verdict, parts: [result], promises: 'broken', machine },
      subject: `${plan.pairs} pairs of ${inThousands(plan.presses)} presses beside ${inThousands(plan.listeners)} listeners and ${plan.consoles === 1 ? 'a console' : `${plan.consoles} consoles`}`,
      bar: {
        ...{ isMet, met: 'UNHINDERED', missed: 'HINDERED' },
        sentence: `beside them ${asRatio(ratio.median)} of the answers a second without (${asProbability(ratio.p)}); the bar is ${asRatio(ratioMin)}`,
      },
      figures: [
        headingLine('Answers /s', ['median', 'lowest', 'highest'], stream),
        tableLine('without them', rates(alone)),
        tableLine('beside them', rates(beside)),
        tableLine('ratio', [ratio.median, ratio.min, ratio.max].map(asRatio)),
      ],
      notes: [
        `a stream got ${eventsOfListener.toFixed(1)} events of a burst`,
        ...(cut === 0 ? [] : [`${inThousands(cut)} streams ended meanwhile`]),
      ],
    },
    stream,
  )
}

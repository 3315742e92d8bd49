import { html } from 'hono/html'
import type { Inversions } from '../../measure/inversions.ts'
import type { FairnessBurst, FairnessResult } from '../../scenarios/fairness.ts'
import { inMs, inPercent, inThousands } from '../numbers.ts'
import { type Bar, barPlot } from './bar-plot.ts'
import { behind, type Html, say, table } from './page-parts.ts'
import { type Text, texts } from './texts.ts'

const kindTexts: Record<string, Text> = texts.fairnessKinds

/** How much later the last of those arrived who overtook, beside what a press took: by 99 of 100. */
const barsOf = ({ kind, together, latency }: FairnessBurst): Bar[] => [
  { label: kind, parts: [{ className: 'worker', amount: together.laterMs.p99 }] },
  { label: '', parts: [{ className: 'api', amount: latency?.p99Ms ?? 0 }] },
]

const cellsOf = ({ inversions, overtaken, arrivals, laterMs, ranks }: Inversions): string[] => [
  inThousands(inversions),
  inPercent(overtaken, arrivals),
  ...[laterMs.p99, laterMs.max].map(inMs),
  inThousands(ranks.max),
]

const rowsOf = ({ kind, within, together }: FairnessBurst): (string | Html)[][] => [
  [say(kindTexts[kind] ?? { en: kind, ko: kind }), ...cellsOf(together)],
  ...(within.length === 1 ? [] : within.map(({ name, inversions }) => [`– ${name}`, ...cellsOf(inversions)])),
]

/** How ranks followed arrivals. */
export const orderOfArrival = ({ bursts, unfair }: FairnessResult): Html => {
  const heads = [
    say(texts.burst),
    say(texts.inversions),
    say(texts.overtaken),
    say(texts.laterP99),
    say(texts.laterMax),
    say(texts.ranksLost),
  ]
  const verdict =
    unfair.length === 0
      ? html`<p class="pass">${say(texts.fair)}</p>`
      : html`<p class="fail">${say(texts.unfair)} ${unfair.join('; ')}</p>`
  return html`<h2>${say(texts.fairness)}</h2>
${verdict}
<p><span class="patch worker">${say(texts.laterP99)}</span> <span class="patch api">${say(texts.pressP99)}</span></p>
<figure>${barPlot('how much later those arrived who overtook', bursts.flatMap(barsOf), inMs)}<figcaption>${say(texts.fairnessHow)}</figcaption></figure>
${behind(table(heads, bursts.flatMap(rowsOf)))}`
}

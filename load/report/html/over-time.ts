import { html } from 'hono/html'
import { spreadOf } from '../../measure/figures.ts'
import type { BurstResult } from '../../scenarios/burst.ts'
import { inThousands } from '../numbers.ts'
import { behind, type Html, say, table } from './page-parts.ts'
import { texts } from './texts.ts'
import { timelinePlot } from './timeline-plot.ts'

/** The burst whose rate is nearest to the median of all. */
const middleOf = (bursts: readonly BurstResult[]): BurstResult | undefined => {
  const { median } = spreadOf(bursts.map(({ figures }) => figures.persistedPerSecond))
  const distance = ({ figures }: BurstResult): number => Math.abs(figures.persistedPerSecond - median)
  return bursts.toSorted((left, right) => distance(left) - distance(right))[0]
}

/** Every eighth point: some ten lines. */
const tableStep = 8

/** Grants and rows of one burst over time. Empty where no burst has them. */
export const overTime = (bursts: readonly BurstResult[]): Html => {
  const burst = middleOf(bursts.filter(({ timeline }) => timeline !== undefined))
  const timeline = burst?.timeline
  if (burst === undefined || timeline === undefined) return html``
  const rows = timeline
    .filter((_, index) => index % tableStep === 0)
    .map(({ ms, grants, rows: recorded }) =>
      [ms, grants, recorded, Math.max(0, grants - recorded)].map(inThousands),
    )
  return html`<h2>${say(texts.overTime)}</h2>
<p><span class="key granted">${say(texts.grants)}</span> <span class="key rows">${say(texts.rows)}</span> <span class="patch backlog">${say(texts.backlog)}</span></p>
<figure>${timelinePlot('grants and rows over time', timeline)}<figcaption>${say(texts.overTimeHow)} (${say(texts.round)} ${bursts.indexOf(burst) + 1})</figcaption></figure>
${behind(table(['ms', say(texts.grants), say(texts.rows), say(texts.backlog)], rows))}`
}

import { html } from 'hono/html'
import { baselineLabels, baselineNames } from '../../baselines/baseline-server.ts'
import { type Spread, spreadOf } from '../../measure/figures.ts'
import { type SystemProcess, systemProcesses } from '../../measure/process-seconds.ts'
import type { BurstRun } from '../../scenarios/burst-run.ts'
import { inThousands } from '../numbers.ts'
import { type Bar, barPlot } from './bar-plot.ts'
import { behind, type Html, say, table } from './page-parts.ts'
import { type Text, texts } from './texts.ts'

const processLabels: Record<SystemProcess, Text> = texts.processes

/** The spread of what was measured; undefined where nothing was. */
const spreadOfKnown = (values: readonly (number | undefined)[]): Spread | undefined => {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : spreadOf(known)
}

/** What a coupon costs every process, beside what a request costs a baseline. Empty where all is unknown. */
export const costs = ({ bursts, comparison }: BurstRun): Html => {
  const measured = systemProcesses.map((name) => ({
    name,
    spread: spreadOfKnown(bursts.map(({ cpuMicroseconds }) => cpuMicroseconds?.[name])),
  }))
  const known = measured.flatMap(({ name, spread }) => (spread === undefined ? [] : [{ name, spread }]))
  if (known.length === 0) return html``
  const baselines = baselineNames.flatMap((name) => {
    const runs = comparison?.rounds.map(({ baselines: of }) => of[name].cpuMicroseconds) ?? []
    const spread = spreadOfKnown(runs)
    return spread === undefined ? [] : [{ label: baselineLabels[name], spread }]
  })
  const bars: Bar[] = [
    {
      label: 'firstcome',
      parts: known.map(({ name, spread }) => ({ className: name, amount: spread.median })),
    },
    ...baselines.map(({ label, spread }) => ({
      label,
      parts: [{ className: 'baseline', amount: spread.median }],
    })),
  ]
  const figures = ({ median, min, max }: Spread): string[] => [median, min, max].map(inThousands)
  const rows = [
    ...known.map(({ name, spread }) => [say(processLabels[name]), ...figures(spread)]),
    ...baselines.map(({ label, spread }) => [label, ...figures(spread)]),
  ]
  const unknown = measured.filter(({ spread }) => spread === undefined)
  const heads = [say(texts.process), say(texts.median), say(texts.lowest), say(texts.highest)]
  return html`<h2>${say(texts.costs)}</h2>
<p>${known.map(({ name }) => html`<span class="patch ${name}">${say(processLabels[name])}</span> `)}</p>
<figure>${barPlot('microseconds of processor a coupon', bars, inThousands)}<figcaption>${say(texts.costsHow)}</figcaption></figure>
${
  unknown.length === 0
    ? ''
    : html`<p class="undecided">${say(texts.costsUnknown)} ${unknown.map(({ name }) => html`${say(processLabels[name])} `)}</p>`
}
${behind(table(heads, rows))}`
}

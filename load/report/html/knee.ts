import { html } from 'hono/html'
import { isKept, type SteadyResult, unmeasuredReasons } from '../../scenarios/steady.ts'
import { asShare, inMs, inThousands } from '../numbers.ts'
import { kneePlot, type RatePoint } from './knee-plot.ts'
import { behind, type Html, say, table } from './page-parts.ts'
import { texts } from './texts.ts'

/** The highest rate that was kept, in words. */
const kneeWords = ({ knee, steps, plan }: SteadyResult): Html => {
  const rate = knee?.pressesPerSecond ?? null
  const reasons = unmeasuredReasons({ knee, steps })
  const bar = html`${inMs(plan.sweepP99Ms ?? 0)} ms`
  if (rate === null) return html`<p class="undecided">${say(texts.noKnee)} ${reasons.join('; ')}</p>`
  return html`<p><strong>${inThousands(rate)}</strong> ${say(texts.kneeAt)} ${bar}.</p>
${reasons.length === 0 ? '' : html`<p class="undecided">${say(texts.kneeBound)} ${reasons.join('; ')}</p>`}`
}

/** The rates of an open model, up to the highest one that was kept. Empty where nobody got a coupon. */
export const knee = (result: SteadyResult): Html => {
  const barMs = result.plan.sweepP99Ms ?? 0
  const steps = result.steps.flatMap((step) =>
    step.granted === undefined ? [] : [{ ...step, granted: step.granted, isKept: isKept(step, barMs) }],
  )
  if (steps.length === 0) return html``
  // A rate that was tried again counts by its second try.
  const last = [...new Map(steps.map((step) => [step.pressesPerSecond, step])).values()]
  const points: RatePoint[] = last.map(({ pressesPerSecond, granted, isKept: kept }) => ({
    ...{ perSecond: pressesPerSecond, p50Ms: granted.p50Ms, p99Ms: granted.p99Ms, isKept: kept },
  }))
  const rows = steps.map(({ pressesPerSecond, granted, generator, isKept: kept }) => [
    inThousands(pressesPerSecond),
    ...[granted.p50Ms, granted.p99Ms, granted.maxMs].map(inMs),
    generator.lateness === undefined ? '-' : inMs(generator.lateness.p99Ms),
    asShare(generator.cpuShare),
    say(kept ? texts.kept : texts.missed),
  ])
  const heads = [
    say(texts.rate),
    ...['p50 ms', 'p99 ms', 'max ms'],
    say(texts.lateP99),
    say(texts.generator),
    say(texts.isKept),
  ]
  return html`<h2>${say(texts.knee)}</h2>
${kneeWords(result)}
<p><span class="key granted">p99</span> <span class="key rows">p50</span></p>
<figure>${kneePlot('latency by rate', points, barMs)}<figcaption>${say(texts.kneeHow)}</figcaption></figure>
${behind(table(heads, rows))}`
}

import { html } from 'hono/html'
import { hgrmName } from '../../measure/hgrm.ts'
import type { BurstResult } from '../../scenarios/burst.ts'
import { type Html, say } from './page-parts.ts'
import { texts } from './texts.ts'

/** What else lies in the folder of the report. */
export const files = (bursts: readonly BurstResult[]): Html => {
  const outcomes = bursts
    .filter(({ plan }) => plan.name === 'burst')
    .flatMap((burst) => burst.outcomes.filter(({ latency }) => latency !== undefined))
  const latencyFiles = [...new Set(outcomes.map(({ outcome }) => hgrmName(outcome)))]
  return html`<h2>${say(texts.files)}</h2>
<p><code>run.json</code>: ${say(texts.dataFile)}<br>
${latencyFiles.map((name) => html`<code>${name}</code>: ${say(texts.latencyFile)}<br>`)}</p>`
}

import { html } from 'hono/html'
import { hgrmName } from '../../measure/hgrm.ts'
import type { BurstResult } from '../../scenarios/burst.ts'
import { type Html, say } from './page-parts.ts'
import { texts } from './texts.ts'

/** The file with all answers of a burst, by its number from 1. */
export const historyName = (burst: number): string => `burst-${burst}.answers.gz`

/** What else lies in the folder of the report. */
export const files = (bursts: readonly BurstResult[]): Html => {
  const outcomes = bursts
    .filter(({ plan }) => plan.name === 'burst')
    .flatMap((burst) => burst.outcomes.filter(({ latency }) => latency !== undefined))
  const latencyFiles = [...new Set(outcomes.map(({ outcome }) => hgrmName(outcome)))]
  return html`<h2>${say(texts.files)}</h2>
<p><code>run.json</code>: ${say(texts.dataFile)}<br>
${latencyFiles.map((name) => html`<code>${name}</code>: ${say(texts.latencyFile)}<br>`)}
<code>${historyName(1)}</code> …: ${say(texts.historyFile)}</p>`
}

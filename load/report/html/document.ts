import { readFile } from 'node:fs/promises'
import { html, raw } from 'hono/html'
import { type Check, overallVerdict } from '../../../coupon/audit/compare/check.ts'
import { baselineLabels, baselineNames } from '../../baselines/baseline-server.ts'
import { spreadOf } from '../../measure/figures.ts'
import { type BenchRun, benchParts, benchVerdict } from '../../scenarios/bench-run.ts'
import type { BurstResult } from '../../scenarios/burst.ts'
import { type Comparison, type RatioSpread, roundNoise, roundRatio } from '../../scenarios/rounds.ts'
import { latencyCells, latencyColumns } from '../lines.ts'
import { asProbability, inThousands } from '../numbers.ts'
import { benchWord, extentOf, isGeneratorBound, markedRatio, roundRows } from '../words.ts'
import { costs } from './costs.ts'
import { files } from './files.ts'
import { knee } from './knee.ts'
import { orderOfArrival } from './order-of-arrival.ts'
import { overTime } from './over-time.ts'
import { behind, type Html, say, table } from './page-parts.ts'
import { type CurveGroup, curvePlot, type DotRow, dotPlot } from './plots.ts'
import { koreanPromises, koreanVerdicts, texts } from './texts.ts'

type Part = ReturnType<typeof benchParts>[number]

/** The gravest verdict of a promise over all campaigns, with all that they checked. */
const overAll = (parts: readonly Part[]): Check[] => {
  const grouped = Map.groupBy(
    parts.flatMap(({ checks }) => checks),
    ({ promise }) => promise,
  )
  return [...grouped.values()].flatMap((checks) => {
    const [first] = checks
    const sum = (of: (check: Check) => number): number =>
      checks.reduce((total, check) => total + of(check), 0)
    return first === undefined
      ? []
      : [
          {
            ...first,
            verdict: overallVerdict(checks),
            count: sum(({ count }) => count),
            looked: sum(({ looked }) => looked),
            examples: checks.flatMap(({ examples }) => examples),
          },
        ]
  })
}

const headline = (run: BenchRun): Html => {
  const [verdict, { bursts }] = [benchVerdict(run), run.burst]
  const isKnown = verdict === 'pass' || verdict === 'fail'
  const kind = isKnown ? verdict : 'undecided'
  const persisted = spreadOf(bursts.map(({ figures }) => figures.persistedPerSecond)).median
  const speed = html`<p class="speed"><strong>${inThousands(persisted)}</strong> ${say(texts.speed)}</p>`
  return html`<section class="${kind}"><h1>${benchWord(verdict)}</h1></section>
<p>${say(texts[kind])}. ${say(texts.believe)}</p>
${verdict === 'pass' ? speed : html`<p>${say(texts.noSpeed)}</p>`}
${bursts.some(isGeneratorBound) ? html`<p class="undecided bound">${say(texts.bound)}</p>` : ''}`
}

const promises = (parts: readonly Part[]): Html => {
  const rows = overAll(parts).map((check) => [
    html`<code>${check.promise}</code><br>${say({ en: check.how, ko: koreanPromises[check.promise] })}
${check.examples.map((example) => html`<br><code>${example}</code>`)}`,
    html`<span class="${check.verdict}">${say({ en: check.verdict, ko: koreanVerdicts[check.verdict] })}</span>`,
    extentOf(check),
  ])
  const heads = [say(texts.promise), say(texts.verdict), say(texts.checked)]
  return html`<h2>${say(texts.promises)}</h2>${table(heads, rows)}`
}

/** `p < 0.001` has a sign that would open a tag. */
const escapeText = (words: string): string => words.replaceAll('<', '&lt;')

const ratios = (comparison: Comparison): Html => {
  const { rounds } = comparison
  const row = (label: string, values: number[], spread: RatioSpread): DotRow => ({
    ...{ label, values, median: spread.median },
    words: escapeText(`${markedRatio(spread)} (${asProbability(spread.p)})`),
  })
  const rows: DotRow[] = [
    ...baselineNames.map((name) =>
      row(
        baselineLabels[name],
        rounds.map((round) => roundRatio(round, name)),
        comparison.ratios[name],
      ),
    ),
    row('node:http / itself', rounds.map(roundNoise), comparison.noise),
  ]
  const heads = [
    say(texts.round),
    ...baselineNames.map((name) => `${baselineLabels[name]} /s`),
    say(texts.recorded),
    ...baselineNames.map((name) => `/ ${baselineLabels[name]}`),
  ]
  const figures = roundRows(comparison).map(([number, columns]) => [number, ...columns])
  return html`<h2>${say(texts.ratios)}</h2>
<figure>${dotPlot('ratios', rows)}<figcaption>${say(texts.ratiosHow)}</figcaption></figure>
${behind(table(heads, figures))}`
}

const latencies = (bursts: readonly BurstResult[]): Html => {
  const outcomes = bursts.flatMap((burst, round) => burst.outcomes.map((outcome) => ({ ...outcome, round })))
  const named = [...new Set(outcomes.map(({ outcome }) => outcome))]
  const groups: CurveGroup[] = named.map((name) => ({
    className: name,
    curves: outcomes.flatMap(({ outcome, latency }) =>
      outcome === name && latency !== undefined ? [latency.curve] : [],
    ),
  }))
  const rows = outcomes.flatMap(({ outcome, answers, latency, round }) =>
    latency === undefined ? [] : [[`${outcome}, ${round + 1}`, ...latencyCells(answers, latency)]],
  )
  const heads = [
    html`${say(texts.outcome)}, ${say(texts.round)}`,
    say(texts.answers),
    ...latencyColumns.slice(1),
  ]
  return html`<h2>${say(texts.latency)}</h2>
<p>${named.map((name) => html`<span class="key ${name}">${name}</span> `)}</p>
<figure>${curvePlot('latency by percentile', groups)}<figcaption>${say(texts.latencyHow)}</figcaption></figure>
${behind(table(heads, rows))}`
}

const environment = ({ machine, checkout, startedAt }: BenchRun): Html => {
  const { processors, memoryGb, loadBefore, node, database, packages } = machine
  const changes = checkout.hasChanges ? html`, ${say(texts.changed)}` : ''
  const rows: [string, string | Html][] = [
    ['date', startedAt],
    ['commit', html`<code>${checkout.commit ?? 'unknown'}</code>${changes}`],
    ['processors', `${processors}, ${memoryGb} GB`],
    ['load average before', loadBefore.toFixed(1)],
    ['Node', node],
    ['database', database],
    ...Object.entries(packages),
  ]
  return html`<h2>${say(texts.environment)}</h2>
<div class="wide"><table><tbody>${rows.map(
    ([name, value]) => html`<tr><td class="dim">${name}</td><td>${value}</td></tr>`,
  )}</tbody></table></div>`
}

const limits = (): Html =>
  html`<h2>${say(texts.limits)}</h2>
${(['en', 'ko'] as const).map(
  (language) =>
    html`<ul lang="${language}">${texts.limitsList[language].map((limit) => html`<li>${limit}</li>`)}</ul>`,
)}`

/**
 * A report as one HTML document that needs nothing else: no network, no script. The verdict comes first, and
 * no speed stands above a promise that did not hold.
 */
export const htmlReport = async (run: BenchRun): Promise<string> => {
  const style = await readFile(new URL('report.css', import.meta.url), 'utf8')
  const { bursts, comparison } = run.burst
  const date = run.startedAt.slice(0, 10)
  return String(
    await html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${texts.title.en} ${date}</title>
<style>${raw(style)}</style></head>
<body>
<header><span id="title">${say(texts.title)} · ${date}</span>
<span id="switches"><input class="switch" type="radio" name="language" id="in-english" checked><label for="in-english" lang="en">English</label><input class="switch" type="radio" name="language" id="in-korean"><label for="in-korean" lang="ko">한국어</label></span></header>
<main>
${headline(run)}
${promises(benchParts(run))}
${comparison === undefined ? '' : ratios(comparison)}
${latencies(bursts)}
${overTime(bursts)}
${costs(run.burst)}
${run.fairness === undefined ? '' : orderOfArrival(run.fairness)}
${run.openModel === undefined ? '' : knee(run.openModel)}
${limits()}
${environment(run)}
<h2>${say(texts.again)}</h2>
<pre>npm ci
${run.command}</pre>
${files(bursts)}
</main></body></html>
`,
  )
}

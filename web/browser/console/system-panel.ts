import type { ConsoleFrame } from '../../../client/contract-types.ts'
import type { Wording } from '../../texts/language.ts'
import { liveTexts } from '../../texts/live-texts.ts'
import { element, setText } from './elements.ts'
import { sumOf } from './frame-figures.ts'
import type { FrameHistory } from './frame-history.ts'
import { createLineChart, type Line } from './line-chart.ts'
import { longestLimit, type PressDurations, quantileOf } from './press-durations.ts'
import { createProcessTable } from './process-table.ts'
import { countText, noneText, plainText, secondsText, tell } from './words.ts'

/** The lines of the durations. Below this many presses each is little more than the slowest press. */
const quantiles = [
  { name: 'p50', part: 0.5, samplesMin: 100 },
  { name: 'p99', part: 0.99, samplesMin: 100 },
  { name: 'p99.9', part: 0.999, samplesMin: 1_000 },
]

/** The order of the outcomes, by which each keeps its colour and its dashes. */
const outcomes = [
  'granted',
  'sold-out',
  'already',
  'confirming',
  'not-open',
  'overloaded',
  'unavailable',
  'paused',
]

const toneOf = (name: string): number => {
  const known = outcomes.indexOf(name)
  return known < 0 ? outcomes.length : known
}

/** An outcome in words; one that is newer than this page by its name. */
const outcomeText = (name: string): string => {
  const texts: Readonly<Record<string, Wording>> = liveTexts.outcome
  const text = texts[name]
  return text === undefined ? name : tell(text)
}

/** What a tile has beside its value. */
type TileMore = { hint?: string; href?: string }

const createTiles = () => {
  const made = new Map<string, { node: HTMLElement; value: HTMLElement; hint: HTMLElement }>()
  const node = element('dl', { class: 'tiles' })
  return {
    node,
    /** `hint` says more; `href` leads to the view that says all. */
    show(name: string, text: string, isWarning: boolean, { hint = '', href }: TileMore): void {
      let tile = made.get(name)
      if (tile === undefined) {
        const [value, small] = [element('span'), element('small')]
        const description = element('dd', {}, value, small)
        const label = href === undefined ? name : element('a', { href }, name)
        tile = { node: element('div', {}, element('dt', {}, label), description), value, hint: small }
        made.set(name, tile)
        node.append(tile.node)
      }
      setText(tile.value, isWarning ? `⚠ ${text}` : text)
      setText(tile.hint, hint)
      tile.node.toggleAttribute('data-warning', isWarning)
    },
  }
}

/** A grant without a row for longer than this is worth a look: recording takes well below a second. */
const unrecordedWarningMs = 10_000

type Tell = (name: Wording, text: string, isWarning?: boolean, more?: TileMore) => void

/** How the ledger follows the log: the state that a window of readings shows, and how much is missing now. */
const showLag = (tile: Tell, lag: ConsoleFrame['lag']): void => {
  if (lag === null) return tile(liveTexts.ledgerLag, countText(null), true)
  const { records, ms, state } = lag
  const value = tell(liveTexts.lagValue, { n: countText(records), s: secondsText(ms) })
  const hint =
    state === null
      ? tell(liveTexts.lagUnknown)
      : `${tell(liveTexts.lagState[state])}: ${tell(liveTexts.lagHint[state])}`
  tile(liveTexts.ledgerLag, value, (state !== null && state !== 'ok') || ms > unrecordedWarningMs, { hint })
}

const showTiles = (tiles: ReturnType<typeof createTiles>, frame: ConsoleFrame, rows: number | null): void => {
  const { lag, processes, deadLetters, oldestUnrecordedMs } = frame
  const tile: Tell = (name, text, isWarning = false, more = {}) =>
    tiles.show(tell(name), text, isWarning, more)
  const oldest =
    oldestUnrecordedMs === null
      ? countText(null)
      : tell(liveTexts.seconds, { n: secondsText(oldestUnrecordedMs) })
  tile(
    liveTexts.oldestUnrecorded,
    oldest,
    oldestUnrecordedMs === null || oldestUnrecordedMs > unrecordedWarningMs,
  )
  showLag(tile, lag)
  tile(liveTexts.rows, countText(rows))
  const outbox = sumOf(frame.campaigns.map((campaign) => campaign.outbox))
  tile(liveTexts.outbox, countText(outbox), outbox === null)
  tile(liveTexts.deadLetters, noneText(deadLetters), deadLetters !== 0, { href: '#/letters' })
  const isCut = processes.some(({ isPublisherOpen }) => isPublisherOpen)
  tile(liveTexts.queue, countText(sumOf(processes.map(({ queue }) => queue))))
  tile(liveTexts.publishQueue, countText(sumOf(processes.map(({ publishQueue }) => publishQueue))))
  tile(liveTexts.publisher, tell(isCut ? liveTexts.publisherCut : liveTexts.publisherOk), isCut)
}

/** Of how many processes the figures are. */
const scopeText = ({ processes, otherProcesses }: ConsoleFrame): string => {
  if (otherProcesses === null) return tell(liveTexts.oneProcess)
  const all = tell(liveTexts.allProcesses, { n: processes.length })
  return otherProcesses === 0
    ? all
    : `${all} ${tell(liveTexts.moreProcesses, { n: plainText(otherProcesses) })}`
}

const durationText = (durations: PressDurations, part: number): string => {
  const ms = quantileOf(durations, part)
  if (ms === null) return '–'
  return ms === Infinity
    ? tell(liveTexts.beyond, { ms: plainText(longestLimit(durations)) })
    : tell(liveTexts.atMost, { ms: String(Math.round(ms * 10) / 10) })
}

/** How much the durations say. */
const samplesText = (count: number): Wording => {
  if (count === 0) return liveTexts.noAnswers
  if (count < 100) return liveTexts.fewSamples
  return count < 1_000 ? liveTexts.fewForTail : liveTexts.latencyHint
}

/** What is not of one campaign: the ledger, the answers, and how busy each process is. */
export const createSystemPanel = () => {
  const tiles = createTiles()
  const answers = createLineChart(tell(liveTexts.answers), countText)
  const latency = createLineChart(tell(liveTexts.latency), (ms) => `${plainText(ms)} ms`)
  const processes = createProcessTable()
  const scope = element('p', { class: 'note' })
  const node = element(
    'section',
    { class: 'panel system', 'aria-label': tell(liveTexts.system) },
    element('h2', {}, tell(liveTexts.system)),
    tiles.node,
    element('div', { class: 'charts' }, answers.node, latency.node),
    element('h3', {}, tell(liveTexts.processes)),
    processes.node,
    scope,
  )

  const showLatency = (history: FrameHistory, nowMs: number): void => {
    const frames = history.frames()
    const each = frames.map((frame, index) => ({
      atMs: history.timeOf(frame),
      durations: history.durations(index),
    }))
    const last = each.at(-1)?.durations
    if (last === undefined) return
    const lines = quantiles.map(({ name, part, samplesMin }, tone): Line => {
      const points = each.map(({ atMs, durations }) => {
        const ms = quantileOf(durations, part)
        return { atMs, value: ms === Infinity ? longestLimit(durations) : ms }
      })
      return { name, tone, points, value: durationText(last, part), isThin: last.count < samplesMin }
    })
    latency.show(lines, {
      ...{ nowMs, overMs: history.shownMs() },
      text: tell(samplesText(last.count), {
        n: countText(last.count),
        s: Math.round(last.overMs / 1_000),
      }),
    })
  }

  return {
    node,
    show(history: FrameHistory): void {
      const frame = history.frames().at(-1)
      if (frame === undefined) return
      const nowMs = history.timeOf(frame)
      showTiles(tiles, frame, history.rows())
      const names = history
        .outcomes()
        .map((name) => ({ name, rates: history.answers(name) }))
        .toSorted((one, other) => toneOf(one.name) - toneOf(other.name))
      answers.show(
        names.map(({ name, rates }) => ({
          ...{
            name: outcomeText(name),
            tone: toneOf(name),
            points: rates,
            value: countText(rates.at(-1)?.value),
          },
        })),
        {
          ...{ nowMs, overMs: history.shownMs() },
          text:
            names.length === 0
              ? tell(liveTexts.noAnswers)
              : tell(liveTexts.lastMinutes, { s: Math.round(history.shownMs() / 1_000) }),
        },
      )
      showLatency(history, nowMs)
      processes.show(frame.processes)
      setText(scope, scopeText(frame))
    },
  }
}

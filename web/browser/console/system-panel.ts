import type { ConsoleFrame } from '../../../client/contract-types.ts'
import type { Wording } from '../../texts/language.ts'
import { liveTexts } from '../../texts/live-texts.ts'
import { element, setText } from './elements.ts'
import { ratesOf, sumOf } from './frame-figures.ts'
import type { FrameHistory } from './frame-history.ts'
import { createLineChart, type Line } from './line-chart.ts'
import { longestLimit, quantileOf } from './press-durations.ts'
import { countText, secondsText, tell } from './words.ts'

/** Below this many presses a p99 is the slowest press. */
const samplesMin = 100

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

const createTiles = () => {
  const made = new Map<string, { node: HTMLElement; value: HTMLElement }>()
  const node = element('dl', { class: 'tiles' })
  return {
    node,
    show(name: string, text: string, isWarning: boolean): void {
      let tile = made.get(name)
      if (tile === undefined) {
        const value = element('dd')
        tile = { node: element('div', {}, element('dt', {}, name), value), value }
        made.set(name, tile)
        node.append(tile.node)
      }
      setText(tile.value, isWarning ? `⚠ ${text}` : text)
      tile.node.toggleAttribute('data-warning', isWarning)
    },
  }
}

/** A grant without a row for longer than this is worth a look: recording takes well below a second. */
const unrecordedWarningMs = 10_000

const showTiles = (tiles: ReturnType<typeof createTiles>, frame: ConsoleFrame): void => {
  const { lag, process, deadLetters, oldestUnrecordedMs } = frame
  const tile = (name: { en: string; ko: string }, text: string, isWarning = false): void =>
    tiles.show(tell(name), text, isWarning)
  const oldest =
    oldestUnrecordedMs === null
      ? countText(null)
      : tell(liveTexts.seconds, { n: secondsText(oldestUnrecordedMs) })
  tile(
    liveTexts.oldestUnrecorded,
    oldest,
    oldestUnrecordedMs === null || oldestUnrecordedMs > unrecordedWarningMs,
  )
  tile(
    liveTexts.ledgerLag,
    lag === null
      ? countText(null)
      : tell(liveTexts.lagValue, { n: countText(lag.records), s: secondsText(lag.ms) }),
    lag === null || lag.ms > unrecordedWarningMs,
  )
  const outbox = sumOf(frame.campaigns.map((campaign) => campaign.outbox))
  tile(liveTexts.outbox, countText(outbox), outbox === null)
  tile(liveTexts.deadLetters, countText(deadLetters), deadLetters !== 0)
  tile(liveTexts.queue, countText(process.queue))
  tile(liveTexts.publishQueue, countText(process.publishQueue))
  tile(
    liveTexts.publisher,
    tell(process.isPublisherOpen ? liveTexts.publisherCut : liveTexts.publisherOk),
    process.isPublisherOpen,
  )
}

/** What is not of one campaign: how far the ledger is, and how the process answers. */
export const createSystemPanel = () => {
  const tiles = createTiles()
  const answers = createLineChart(tell(liveTexts.answers), countText)
  const latency = createLineChart(tell(liveTexts.latency), (ms) => `${countText(ms)} ms`)
  const process = element('p', { class: 'note' })
  const node = element(
    'section',
    { class: 'panel system', 'aria-label': tell(liveTexts.system) },
    element('h2', {}, tell(liveTexts.system)),
    tiles.node,
    element('div', { class: 'charts' }, answers.node, latency.node),
    process,
  )

  const showLatency = (history: FrameHistory, nowMs: number): void => {
    const frames = history.frames()
    const each = frames.map((frame, index) => ({
      atMs: history.timeOf(frame),
      durations: history.durations(index),
    }))
    const last = each.at(-1)?.durations
    if (last === undefined) return
    const limit = longestLimit(last)
    const lines = [0.5, 0.99].map((part, tone): Line => {
      const points = each.map(({ atMs, durations }) => {
        const ms = quantileOf(durations, part)
        return { atMs, value: ms === Infinity ? longestLimit(durations) : ms }
      })
      const ms = quantileOf(last, part)
      const value =
        ms === null
          ? '–'
          : ms === Infinity
            ? tell(liveTexts.beyond, { ms: countText(limit) })
            : tell(liveTexts.atMost, { ms: String(Math.round(ms * 10) / 10) })
      return { name: `p${part * 100}`, value, tone, points }
    })
    const isThin = last.count < samplesMin
    const text =
      last.count === 0 ? liveTexts.noAnswers : isThin ? liveTexts.fewSamples : liveTexts.latencyHint
    latency.show(lines, {
      ...{ nowMs, overMs: history.shownMs() },
      text: tell(text, { n: countText(last.count), s: Math.round(last.overMs / 1_000) }),
    })
    latency.dim(isThin)
  }

  return {
    node,
    show(history: FrameHistory): void {
      const frame = history.frames().at(-1)
      if (frame === undefined) return
      const nowMs = history.timeOf(frame)
      showTiles(tiles, frame)
      const names = Object.keys(frame.process.outcomes)
        .map((name) => ({ name, rates: ratesOf(history.outcome(name)) }))
        .filter(({ rates }) =>
          rates.some(({ atMs, value }) => (value ?? 0) > 0 && atMs > nowMs - history.shownMs()),
        )
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
      setText(process, `${tell(liveTexts.process, { id: frame.process.id })}. ${tell(liveTexts.processHint)}`)
    },
  }
}

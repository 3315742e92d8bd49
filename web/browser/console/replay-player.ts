import { eventTexts } from '../../texts/event-texts.ts'
import { liveTexts } from '../../texts/live-texts.ts'
import { element, field, setText } from './elements.ts'
import type { Clock } from './event-words.ts'
import { createLineChart } from './line-chart.ts'
import { keyMove, keyStepMs, type Replay } from './replay-model.ts'
import { countText, tell } from './words.ts'

const speeds = [1, 10, 60]

/** A step goes as far as the sale went in a second, at the speed that is chosen. */
const stepMs = 1_000

const createValues = (names: readonly string[]) => {
  const values = names.map(() => element('dd'))
  const node = element(
    'dl',
    { class: 'tiles' },
    ...names.map((name, index) => element('div', {}, element('dt', {}, name), values[index])),
  )
  return {
    node,
    show: (texts: readonly string[]): void =>
      values.forEach((value, index) => setText(value, texts[index] ?? '')),
  }
}

/** Seconds with as many digits as they need. */
const shortSeconds = (ms: number): string => String(ms / 1_000)

/**
 * Charts of a sale with a cursor, and what moves it. Nothing moves by itself. Where less motion is asked for
 * it cannot be played either: it goes by steps.
 */
export const createReplayPlayer = (replay: Replay, clock: Clock, marksMs: readonly number[]) => {
  const { fromMs, toMs } = replay
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches
  let [positionMs, playedAtMs] = [fromMs, 0]
  let playing: number | undefined

  const values = createValues(
    [eventTexts.time, eventTexts.granted, eventTexts.left, eventTexts.rate].map((name) => tell(name)),
  )
  const leftChart = createLineChart(tell(liveTexts.burnDown), countText)
  const rateChart = createLineChart(tell(eventTexts.rate), countText)
  const slider = element('input', { type: 'range', min: 0, max: toMs - fromMs, step: 1, value: 0 })
  const play = element('button', { type: 'button', class: 'strong', hidden: isCalm }, tell(eventTexts.play))
  const speed = element(
    'select',
    {},
    ...speeds.map((times) => element('option', { value: times }, `${times}×`)),
  )

  const show = (): void => {
    const texts = {
      time: clock.text(positionMs, fromMs),
      granted: countText(replay.grantedAt(positionMs)),
      left: countText(replay.leftAt(positionMs)),
      rate: countText(replay.rateAt(positionMs)),
    }
    values.show([texts.time, texts.granted, texts.left, texts.rate])
    slider.value = String(positionMs - fromMs)
    slider.setAttribute('aria-valuetext', tell(eventTexts.valueText, texts))
    const view = { nowMs: toMs, overMs: toMs - fromMs, marksMs, cursorMs: positionMs }
    leftChart.show(
      [{ name: tell(liveTexts.stockLeft), value: texts.left, tone: 0, points: replay.left }],
      view,
    )
    rateChart.show([{ name: tell(liveTexts.granted), value: texts.rate, tone: 0, points: replay.rates }], {
      ...view,
      text: tell(eventTexts.rateOver, { s: shortSeconds(replay.windowMs) }),
    })
  }
  const move = (ms: number): void => {
    positionMs = Math.round(Math.min(toMs, Math.max(fromMs, ms)))
    show()
  }
  const stop = (): void => {
    if (playing !== undefined) cancelAnimationFrame(playing)
    playing = undefined
    setText(play, tell(eventTexts.play))
  }
  const goTo = (ms: number): void => {
    stop()
    move(ms)
  }
  const tick = (nowMs: number): void => {
    // Another view is shown by now.
    if (!node.isConnected) return stop()
    const passedMs = (nowMs - playedAtMs) * Number(speed.value)
    // What is less than a millisecond is kept for the next time.
    if (passedMs >= 1) {
      playedAtMs = nowMs
      move(positionMs + passedMs)
    }
    if (positionMs >= toMs) return stop()
    playing = requestAnimationFrame(tick)
  }
  const start = (): void => {
    if (positionMs >= toMs) move(fromMs)
    setText(play, tell(eventTexts.stop))
    playedAtMs = performance.now()
    playing = requestAnimationFrame(tick)
  }
  const step = (direction: 1 | -1) => (): void => goTo(positionMs + direction * stepMs * Number(speed.value))

  play.addEventListener('click', () => (playing === undefined ? start() : stop()))
  slider.addEventListener('input', () => goTo(fromMs + slider.valueAsNumber))
  slider.addEventListener('keydown', (event) => {
    const to = keyMove(event.key, positionMs, replay)
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    goTo(to)
  })
  const keys = tell(eventTexts.keys, { s: shortSeconds(keyStepMs(replay)) })
  const node = element(
    'section',
    { class: 'panel player', 'aria-label': tell(eventTexts.position) },
    values.node,
    element('div', { class: 'charts' }, leftChart.node, rateChart.node),
    field(tell(eventTexts.position), slider, keys),
    element(
      'div',
      { class: 'actions' },
      play,
      element('button', { type: 'button', onclick: step(-1) }, tell(eventTexts.stepBack)),
      element('button', { type: 'button', onclick: step(1) }, tell(eventTexts.stepOn)),
      field(tell(eventTexts.speed), speed),
    ),
  )
  show()
  return { node, goTo }
}

import type { HtmlEscapedString } from 'hono/utils/html'
import { inMs, inThousands } from '../numbers.ts'
import { drawing, drawingWidth, drawnLine, drawnText, pointList, px, ticksTo } from './drawing.ts'

/** What a rate gave, in milliseconds. */
export type RatePoint = { perSecond: number; p50Ms: number; p99Ms: number; isKept: boolean }

const [height, top, bottom, left, right] = [240, 24, 40, 62, 14]

/** Latency over the rate, with a line at the bar. The axis of time is logarithmic. */
export const kneePlot = (title: string, points: readonly RatePoint[], barMs: number): HtmlEscapedString => {
  const rates = ticksTo(Math.max(1, ...points.map(({ perSecond }) => perSecond)))
  const lastRate = rates.at(-1) ?? 1
  const times = points.flatMap(({ p50Ms, p99Ms }) => [p50Ms, p99Ms])
  const lowest = Math.floor(Math.log10(Math.max(0.1, Math.min(barMs, ...times))))
  const highest = Math.max(lowest + 1, Math.ceil(Math.log10(Math.max(barMs, ...times))))
  const decades = Array.from({ length: highest - lowest + 1 }, (_, index) => 10 ** (lowest + index))
  const x = (rate: number): number => left + (rate / lastRate) * (drawingWidth - left - right)
  const y = (ms: number): number =>
    height -
    bottom -
    ((Math.log10(Math.max(ms, 10 ** lowest)) - lowest) / (highest - lowest)) * (height - top - bottom)
  const lineOf = (ms: (point: RatePoint) => number): [number, number][] =>
    points.map((point) => [x(point.perSecond), y(ms(point))])
  return drawing(height, title, [
    drawnText(left - 6, 12, 'end', 'ms'),
    ...decades.map((ms) => drawnLine('grid', [left, y(ms), drawingWidth - right, y(ms)])),
    ...decades.map((ms) => drawnText(left - 6, y(ms) + 4, 'end', ms < 1 ? String(ms) : inThousands(ms))),
    ...rates.map((rate) => drawnText(x(rate), height - bottom + 16, 'middle', `${inThousands(rate)} /s`)),
    drawnLine('one', [left, y(barMs), drawingWidth - right, y(barMs)]),
    drawnText(drawingWidth - right, y(barMs) - 5, 'end', `${inMs(barMs)} ms`),
    `<polyline class="rows" points="${pointList(lineOf(({ p50Ms }) => p50Ms))}"/>`,
    `<polyline class="granted" points="${pointList(lineOf(({ p99Ms }) => p99Ms))}"/>`,
    ...points.map(
      ({ perSecond, p99Ms, isKept }) =>
        `<circle class="${isKept ? 'kept' : 'missed'}" cx="${px(x(perSecond))}" cy="${px(y(p99Ms))}" r="4.5"/>`,
    ),
  ])
}

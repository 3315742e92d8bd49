import type { HtmlEscapedString } from 'hono/utils/html'
import type { LatencyPoint } from '../../measure/latency.ts'
import { inMs } from '../numbers.ts'
import { drawing, drawingWidth, drawnLine, drawnText, pointList, px, roundUp, ticksTo } from './drawing.ts'

/** A row of dots, one for each round, with the median as a line and what is written over it. */
export type DotRow = { label: string; values: readonly number[]; median: number; words: string }

/** The same latencies in every round, and the class that gives their colour. */
export type CurveGroup = { className: string; curves: readonly (readonly LatencyPoint[])[] }

const [left, right] = [118, 14]
const rowHeight = 38

/** Ratios on an axis from 0. Labels and title are of ours: they are not escaped. */
export const dotPlot = (title: string, rows: readonly DotRow[]): HtmlEscapedString => {
  const greatest = Math.max(1, ...rows.flatMap(({ values }) => values))
  const ticks = ticksTo(greatest)
  const end = ticks.at(-1) ?? 1
  const x = (value: number): number => left + (value / end) * (drawingWidth - left - right)
  const height = rows.length * rowHeight + 32
  return drawing(height, title, [
    ...ticks.map((tick) => drawnLine('grid', [x(tick), 0, x(tick), height - 22])),
    drawnLine('one', [x(1), 0, x(1), height - 22]),
    ...ticks.map((tick) => drawnText(x(tick), height - 6, 'middle', tick.toFixed(1))),
    ...rows.flatMap(({ label, values, median, words }, index) => {
      const y = index * rowHeight + rowHeight / 2 + 6
      return [
        drawnText(left - 10, y + 4, 'end', label),
        drawnLine('median', [x(median), y - 11, x(median), y + 11]),
        ...values.map((value) => `<circle cx="${px(x(value))}" cy="${px(y)}" r="4.5"/>`),
        drawnText(x(median), y - 13, 'middle', words),
      ]
    }),
  ])
}

/** Percentiles that have a line: those that people name. */
const namedPercentiles: readonly [number, string][] = [
  [0.5, '50'],
  [0.1, '90'],
  [0.01, '99'],
  [0.001, '99.9'],
  [0.0001, '99.99'],
  [0.000_01, '99.999'],
]

const [curveHeight, curveTop, curveBottom, curveLeft] = [260, 24, 30, 52]

/** Latency by percentile, a line for each round. The axis is logarithmic in the share that is slower. */
export const curvePlot = (title: string, groups: readonly CurveGroup[]): HtmlEscapedString => {
  const points = groups.flatMap(({ curves }) => curves.flat())
  const least = Math.min(1, ...points.map(({ tail }) => tail))
  const top = roundUp(Math.max(...points.map(({ ms }) => ms)))
  const x = (tail: number): number =>
    curveLeft + (Math.log10(tail) / Math.log10(Math.min(least, 0.1))) * (drawingWidth - curveLeft - right)
  const y = (ms: number): number =>
    curveHeight - curveBottom - (ms / top) * (curveHeight - curveTop - curveBottom)
  const named = namedPercentiles.filter(([tail]) => tail >= least)
  const levels = [0, 0.25, 0.5, 0.75, 1].map((part) => part * top)
  return drawing(curveHeight, title, [
    drawnText(curveLeft - 6, 12, 'end', 'ms'),
    ...levels.map((ms) => drawnLine('grid', [curveLeft, y(ms), drawingWidth - right, y(ms)])),
    ...levels.map((ms) => drawnText(curveLeft - 6, y(ms) + 4, 'end', ms === 0 ? '0' : inMs(ms))),
    ...named.map(([tail]) => drawnLine('grid', [x(tail), curveTop, x(tail), curveHeight - curveBottom])),
    ...named.map(([tail, words]) => drawnText(x(tail), curveHeight - 12, 'middle', `${words} %`)),
    ...groups.flatMap(({ className, curves }) =>
      curves.map(
        (curve) =>
          `<polyline class="${className}" points="${pointList(curve.map(({ tail, ms }) => [x(tail), y(ms)]))}"/>`,
      ),
    ),
  ])
}

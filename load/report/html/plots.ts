import { raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { LatencyPoint } from '../../measure/latency.ts'
import { inMs } from '../numbers.ts'

/** A row of dots, one for each round, with the median as a line and what is written over it. */
export type DotRow = { label: string; values: readonly number[]; median: number; words: string }

/** The same latencies in every round, and the class that gives their colour. */
export type CurveGroup = { className: string; curves: readonly (readonly LatencyPoint[])[] }

const width = 480
const [left, right] = [118, 14]
const rowHeight = 38

/** Numbers of a drawing need no more than a tenth of a pixel. */
const px = (value: number): string => value.toFixed(1)

const text = (x: number, y: number, anchor: 'start' | 'middle' | 'end', words: string): string =>
  `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}">${words}</text>`

const line = (className: string, [x1, y1, x2, y2]: readonly [number, number, number, number]): string =>
  `<line class="${className}" x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}"/>`

const drawing = (height: number, title: string, parts: readonly string[]): HtmlEscapedString =>
  raw(`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">${parts.join('')}</svg>`)

/** The least of 1, 2 and 5 times a power of ten that is not below `value`. */
const roundUp = (value: number): number => {
  const decade = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)))
  return ([1, 2, 5].find((step) => step * decade >= value) ?? 10) * decade
}

/** Ratios on an axis from 0. Labels and title are of ours: they are not escaped. */
export const dotPlot = (title: string, rows: readonly DotRow[]): HtmlEscapedString => {
  const greatest = Math.max(1, ...rows.flatMap(({ values }) => values))
  const step = roundUp(greatest / 5)
  const end = Math.ceil(greatest / step) * step
  const x = (value: number): number => left + (value / end) * (width - left - right)
  const height = rows.length * rowHeight + 32
  const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_, index) => index * step)
  return drawing(height, title, [
    ...ticks.map((tick) => line('grid', [x(tick), 0, x(tick), height - 22])),
    line('one', [x(1), 0, x(1), height - 22]),
    ...ticks.map((tick) => text(x(tick), height - 6, 'middle', tick.toFixed(1))),
    ...rows.flatMap(({ label, values, median, words }, index) => {
      const y = index * rowHeight + rowHeight / 2 + 6
      return [
        text(left - 10, y + 4, 'end', label),
        line('median', [x(median), y - 11, x(median), y + 11]),
        ...values.map((value) => `<circle cx="${px(x(value))}" cy="${px(y)}" r="4.5"/>`),
        text(x(median), y - 13, 'middle', words),
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
    curveLeft + (Math.log10(tail) / Math.log10(Math.min(least, 0.1))) * (width - curveLeft - right)
  const y = (ms: number): number =>
    curveHeight - curveBottom - (ms / top) * (curveHeight - curveTop - curveBottom)
  const named = namedPercentiles.filter(([tail]) => tail >= least)
  const levels = [0, 0.25, 0.5, 0.75, 1].map((part) => part * top)
  return drawing(curveHeight, title, [
    text(curveLeft - 6, 12, 'end', 'ms'),
    ...levels.map((ms) => line('grid', [curveLeft, y(ms), width - right, y(ms)])),
    ...levels.map((ms) => text(curveLeft - 6, y(ms) + 4, 'end', ms === 0 ? '0' : inMs(ms))),
    ...named.map(([tail]) => line('grid', [x(tail), curveTop, x(tail), curveHeight - curveBottom])),
    ...named.map(([tail, words]) => text(x(tail), curveHeight - 12, 'middle', `${words} %`)),
    ...groups.flatMap(({ className, curves }) =>
      curves.map(
        (curve) =>
          `<polyline class="${className}" points="${curve.map(({ tail, ms }) => `${px(x(tail))},${px(y(ms))}`).join(' ')}"/>`,
      ),
    ),
  ])
}

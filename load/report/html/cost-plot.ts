import type { HtmlEscapedString } from 'hono/utils/html'
import { inThousands } from '../numbers.ts'
import { drawing, drawingWidth, drawnLine, drawnText, px, ticksTo } from './drawing.ts'

/** A bar of parts, each with the class that gives its colour. */
export type CostBar = { label: string; parts: readonly { className: string; microseconds: number }[] }

const [left, right] = [118, 48]
const [barHeight, rowHeight] = [22, 36]

/** Microseconds on an axis from 0: the parts of a bar one behind the other, and their sum at its end. */
export const costPlot = (title: string, bars: readonly CostBar[]): HtmlEscapedString => {
  const sums = bars.map(({ parts }) => parts.reduce((sum, { microseconds }) => sum + microseconds, 0))
  const ticks = ticksTo(Math.max(1, ...sums))
  const end = ticks.at(-1) ?? 1
  const x = (microseconds: number): number => left + (microseconds / end) * (drawingWidth - left - right)
  const height = bars.length * rowHeight + 26
  return drawing(height, title, [
    ...ticks.map((tick) => drawnLine('grid', [x(tick), 0, x(tick), height - 22])),
    ...ticks.map((tick) => drawnText(x(tick), height - 6, 'middle', inThousands(tick))),
    ...bars.flatMap(({ label, parts }, index) => {
      const y = index * rowHeight + 4
      let sum = 0
      return [
        drawnText(left - 10, y + barHeight / 2 + 4, 'end', label),
        ...parts.map(({ className, microseconds }) => {
          const from = x(sum)
          sum += microseconds
          return `<rect class="${className}" x="${px(from)}" y="${px(y)}" width="${px(x(sum) - from)}" height="${barHeight}"/>`
        }),
        drawnText(x(sum) + 6, y + barHeight / 2 + 4, 'start', inThousands(sum)),
      ]
    }),
  ])
}

import type { HtmlEscapedString } from 'hono/utils/html'
import { drawing, drawingWidth, drawnLine, drawnText, px, ticksTo } from './drawing.ts'

/** A bar of parts, each with the class that gives its colour. */
export type Bar = { label: string; parts: readonly { className: string; amount: number }[] }

const [left, right] = [118, 48]
const [barHeight, rowHeight] = [22, 36]

/** Amounts on an axis from 0: the parts of a bar one behind the other, and their sum in words at its end. */
export const barPlot = (
  title: string,
  bars: readonly Bar[],
  inWords: (amount: number) => string,
): HtmlEscapedString => {
  const sums = bars.map(({ parts }) => parts.reduce((sum, { amount }) => sum + amount, 0))
  const ticks = ticksTo(Math.max(1, ...sums))
  const end = ticks.at(-1) ?? 1
  const x = (amount: number): number => left + (amount / end) * (drawingWidth - left - right)
  const height = bars.length * rowHeight + 26
  return drawing(height, title, [
    ...ticks.map((tick) => drawnLine('grid', [x(tick), 0, x(tick), height - 22])),
    ...ticks.map((tick) => drawnText(x(tick), height - 6, 'middle', inWords(tick))),
    ...bars.flatMap(({ label, parts }, index) => {
      const y = index * rowHeight + 4
      let sum = 0
      return [
        drawnText(left - 10, y + barHeight / 2 + 4, 'end', label),
        ...parts.map(({ className, amount }) => {
          const from = x(sum)
          sum += amount
          return `<rect class="${className}" x="${px(from)}" y="${px(y)}" width="${px(x(sum) - from)}" height="${barHeight}"/>`
        }),
        drawnText(x(sum) + 6, y + barHeight / 2 + 4, 'start', inWords(sum)),
      ]
    }),
  ])
}

import type { HtmlEscapedString } from 'hono/utils/html'
import type { TimelinePoint } from '../../measure/timeline.ts'
import { inThousands } from '../numbers.ts'
import { drawing, drawingWidth, drawnLine, drawnText, pointList, ticksTo } from './drawing.ts'

const [height, top, bottom, left, right] = [240, 24, 40, 62, 14]

/** Grants and rows over time. What lies between the two is granted and not recorded yet: it is shaded. */
export const timelinePlot = (title: string, points: readonly TimelinePoint[]): HtmlEscapedString => {
  const seconds = ticksTo(Math.max(0.001, (points.at(-1)?.ms ?? 0) / 1_000))
  const counts = ticksTo(Math.max(1, ...points.map(({ grants, rows }) => Math.max(grants, rows))))
  const [lastSecond, lastCount] = [seconds.at(-1) ?? 1, counts.at(-1) ?? 1]
  const x = (ms: number): number => left + (ms / 1_000 / lastSecond) * (drawingWidth - left - right)
  const y = (count: number): number => height - bottom - (count / lastCount) * (height - top - bottom)
  const lineOf = (count: (point: TimelinePoint) => number): [number, number][] =>
    points.map((point) => [x(point.ms), y(count(point))])
  const [grants, rows] = [lineOf((point) => point.grants), lineOf((point) => point.rows)]
  // A row may be there before its answer is: there is no backlog then.
  const upper = lineOf((point) => Math.max(point.grants, point.rows))
  return drawing(height, title, [
    ...counts.map((count) => drawnLine('grid', [left, y(count), drawingWidth - right, y(count)])),
    ...counts.map((count) => drawnText(left - 6, y(count) + 4, 'end', inThousands(count))),
    ...seconds.map((second) =>
      drawnText(x(second * 1_000), height - bottom + 16, 'middle', `${Number(second.toPrecision(3))} s`),
    ),
    `<polygon class="backlog" points="${pointList([...upper, ...rows.toReversed()])}"/>`,
    `<polyline class="grants" points="${pointList(grants)}"/>`,
    `<polyline class="rows" points="${pointList(rows)}"/>`,
  ])
}

import { raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

/** The width that every picture is drawn in; the page scales it. */
export const drawingWidth = 480

/** Numbers of a drawing need no more than a tenth of a pixel. */
export const px = (value: number): string => value.toFixed(1)

/** Words at a place. They are of ours: they are not escaped. */
export const drawnText = (x: number, y: number, anchor: 'start' | 'middle' | 'end', words: string): string =>
  `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}">${words}</text>`

/** A straight line. */
export const drawnLine = (
  className: string,
  [x1, y1, x2, y2]: readonly [number, number, number, number],
): string => `<line class="${className}" x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}"/>`

/** The `points` of a line or an area. */
export const pointList = (points: readonly (readonly [x: number, y: number])[]): string =>
  points.map(([x, y]) => `${px(x)},${px(y)}`).join(' ')

/** A picture of these parts. */
export const drawing = (height: number, title: string, parts: readonly string[]): HtmlEscapedString =>
  raw(`<svg viewBox="0 0 ${drawingWidth} ${height}" role="img" aria-label="${title}">${parts.join('')}</svg>`)

/** The least of 1, 2 and 5 times a power of ten that is not below `value`. */
export const roundUp = (value: number): number => {
  const decade = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)))
  return ([1, 2, 5].find((step) => step * decade >= value) ?? 10) * decade
}

/** Some five round numbers from 0 to at least `greatest`. */
export const ticksTo = (greatest: number): number[] => {
  const step = roundUp(greatest / 5)
  return Array.from({ length: Math.ceil(greatest / step) + 1 }, (_, index) => index * step)
}

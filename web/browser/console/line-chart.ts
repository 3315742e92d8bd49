import { element, setText } from './elements.ts'
import type { Point } from './frame-figures.ts'

/** One line. `tone` is the number of its colour and of its dashes: no line differs by colour alone. */
export type Line = {
  name: string
  value: string
  tone: number
  points: readonly Point[]
  /** There is too little behind it to be taken for more than a hint. */
  isThin?: boolean
}

const namespace = 'http://www.w3.org/2000/svg'
const [width, height] = [600, 120]

const svg = (tag: string, attributes: Readonly<Record<string, string>>): SVGElement => {
  const made = document.createElementNS(namespace, tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  return made
}

/** The path of the points. It breaks where a value is unknown. */
export const pathOf = (
  points: readonly Point[],
  { fromMs, toMs, max }: { fromMs: number; toMs: number; max: number },
): string => {
  let isDown = false
  return points
    .filter(({ atMs }) => atMs >= fromMs)
    .map(({ atMs, value }) => {
      if (value === null) {
        isDown = false
        return ''
      }
      const x = (width * (atMs - fromMs)) / Math.max(1, toMs - fromMs)
      const y = height - (height * value) / Math.max(max, Number.MIN_VALUE)
      const command = isDown ? 'L' : 'M'
      isDown = true
      return `${command}${x.toFixed(1)} ${y.toFixed(1)}`
    })
    .join('')
}

/** The next 1, 2 or 5 with noughts: the upper end of an axis, which does not move with every value. */
export const axisEnd = (value: number): number => {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power
}

/** Upright lines at these times, from the bottom to the top. */
const uprightAt = (times: readonly number[], { fromMs, toMs }: { fromMs: number; toMs: number }): string =>
  times
    .map((atMs) => `M${((width * (atMs - fromMs)) / Math.max(1, toMs - fromMs)).toFixed(1)} 0V${height}`)
    .join('')

/** What a chart shows beside its lines: up to when, over how long, up to what, and times that stand out. */
type ChartView = {
  nowMs: number
  overMs: number
  max?: number
  text?: string
  marksMs?: readonly number[]
  cursorMs?: number
}

/** A chart of lines over time, with their names and their values below it, which a screen reader reads. */
export const createLineChart = (title: string, format: (value: number) => string) => {
  const drawing = svg('svg', {
    viewBox: `0 0 ${width} ${height}`,
    preserveAspectRatio: 'none',
    'aria-hidden': 'true',
  })
  drawing.append(
    svg('path', { d: `M0 ${height / 2}H${width}M0 0H${width}M0 ${height}H${width}`, class: 'grid' }),
  )
  const [marks, cursor] = [svg('path', { class: 'marks' }), svg('path', { class: 'cursor' })]
  drawing.append(marks, cursor)
  const top = element('span', { class: 'axis', 'aria-hidden': true })
  const legend = element('ul', { class: 'legend' })
  const note = element('p', { class: 'note' })
  const node = element(
    'figure',
    { class: 'chart' },
    element('figcaption', {}, title),
    element('div', { class: 'plot' }, drawing, top),
    legend,
    note,
  )
  const drawn = new Map<string, { path: SVGElement; item: HTMLElement; value: HTMLElement }>()

  const lineOf = ({ name, tone }: Line) => {
    const path = svg('path', { class: `line tone-${tone}` })
    const key = svg('svg', { viewBox: '0 0 28 4', class: 'key', 'aria-hidden': 'true' })
    key.append(svg('path', { d: 'M0 2H28', class: `line tone-${tone}` }))
    const value = element('b')
    const item = element('li', {}, key, `${name} `, value)
    drawing.append(path)
    legend.append(item)
    const made = { path, item, value }
    drawn.set(name, made)
    return made
  }

  return {
    node,
    show(lines: readonly Line[], { nowMs, overMs, max, text, marksMs = [], cursorMs }: ChartView): void {
      const range = { fromMs: nowMs - overMs, toMs: nowMs }
      marks.setAttribute('d', uprightAt(marksMs, range))
      cursor.setAttribute('d', uprightAt(cursorMs === undefined ? [] : [cursorMs], range))
      const highest = Math.max(0, ...lines.flatMap(({ points }) => points.map(({ value }) => value ?? 0)))
      const end = max ?? axisEnd(highest)
      setText(top, format(end))
      for (const [name, { path, item }] of drawn)
        if (!lines.some((line) => line.name === name)) {
          path.remove()
          item.remove()
          drawn.delete(name)
        }
      for (const line of lines) {
        const { path, item, value } = drawn.get(line.name) ?? lineOf(line)
        path.setAttribute('d', pathOf(line.points, { ...range, max: end }))
        setText(value, line.value)
        for (const part of [path, item]) part.classList.toggle('thin', line.isThin === true)
      }
      setText(note, text ?? '')
    },
  }
}

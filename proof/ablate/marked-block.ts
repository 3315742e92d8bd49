import { Failure } from '../../platform/failure.ts'
import type { Change } from './safeguard.ts'

const markerLine = /^\s*(?:\/\/|--) safeguard: (.*\S)\s*$/
const commentLine = /^\s*(?:\/\/|--|\/\*|\*|$)/
const closingLine = /^\s*(?:[})\]]|end\b)/
const elseLine = /^\s*else/
const endLine = /^\s*end\b/

/** The markers of a source file, in the order of its lines. */
export const markersIn = (source: string): string[] =>
  source.split('\n').flatMap((line) => markerLine.exec(line)?.[1] ?? [])

const indentOf = (line: string): number => line.search(/\S|$/)

/**
 * The lines of the block that a marker guards: the first, and the one after the last.
 * The first is the next line that is no comment. Lines that are indented deeper belong to the block. So do
 * lines of the same indentation that begin with a closing `}`, `)`, `]` or `end`, such as `} else {`.
 * An `else` or `elseif` without a brace begins a block of its own, so that a marker can guard one branch.
 * It leaves the `end` to its `if`.
 */
const linesOfBlock = (lines: readonly string[], markerAt: number): [number, number] => {
  const first = lines.findIndex((line, at) => at > markerAt && !commentLine.test(line))
  const firstLine = lines[first]
  if (firstLine === undefined) throw new Failure('refused', 'no statement follows the marker')
  const isBranch = elseLine.test(firstLine)
  const closes = (line: string): boolean => closingLine.test(line) && !(isBranch && endLine.test(line))
  let end = first + 1
  for (const [at, line] of lines.entries()) {
    if (at <= first || line.trim() === '') continue
    const deeper = indentOf(line) - indentOf(firstLine)
    if (deeper < 0 || (deeper === 0 && !closes(line))) break
    end = at + 1
  }
  return [first, end]
}

const indented = (text: string, by: number): string => text.replaceAll(/^(?=.)/gm, ' '.repeat(by))

/** Removes the indentation that all lines share, and empty lines around them. */
const dedented = (text: string): string => {
  const lines = text.split('\n')
  const indent = Math.min(...lines.filter((line) => line.trim() !== '').map(indentOf))
  return lines
    .map((line) => line.slice(indent))
    .join('\n')
    .trim()
}

/**
 * Changes the block that a marker guards. The change gets the block without its indentation.
 * Throws `refused` when the marker does not occur exactly once, and when nothing changes.
 */
export const changeMarkedBlock = (source: string, marker: string, change: Change): string => {
  const lines = source.split('\n')
  const marked = lines.flatMap((line, at) => (markerLine.exec(line)?.[1] === marker ? [at] : []))
  const [markerAt] = marked
  if (markerAt === undefined || marked.length > 1)
    throw new Failure('refused', `the marker occurs ${marked.length} times: ${marker}`)
  const [first, end] = linesOfBlock(lines, markerAt)
  const block = dedented(lines.slice(first, end).join('\n'))
  const changed = dedented(change(block))
  if (changed === block) throw new Failure('refused', `the edit changes nothing: ${marker}`)
  const put = changed === '' ? [] : [indented(changed, indentOf(lines[first] ?? ''))]
  return [...lines.slice(0, first), ...put, ...lines.slice(end)].join('\n')
}

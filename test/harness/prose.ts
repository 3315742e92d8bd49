import { readFileSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { filesOf } from './repository-files.ts'

/** The most columns of a line of prose, and the most words of a sentence. */
const columnsMax = 110
const wordsMax = 25

/** A line of prose as it stands in its file; `text` is what is left of it without the signs of a comment. */
type ProseLine = { number: number; whole: string; text: string }

/** Written by a program, or by somebody else. */
const isForeign = (file: string): boolean =>
  /^(?:docs\/safeguards\.md|package-lock\.json|LICENSE|migrations\/(?:meta\/.*|.*\.sql)|.*\.jsonl?)$/.test(
    file,
  )

const lineMarks: Record<string, RegExp> = { '.ts': /\/\//, '.lua': /--/, '.sql': /--/ }
const hashFiles = new Set([
  'run',
  'Dockerfile',
  '.env.example',
  '.gitignore',
  '.dockerignore',
  '.editorconfig',
])

const hasEvenQuotes = (code: string): boolean =>
  ["'", '"', '`'].every((quote) => code.split(quote).length % 2 === 1)

/** The comments of a source file. A comment behind code, or in another column, starts a block. */
const commentsOf = (source: string, mark: RegExp): ProseLine[][] => {
  const alone = new RegExp(`^\\s*(?:${mark.source})(?!!)(.*)$`)
  const trailing = new RegExp(`^(.*\\S)\\s+(?:${mark.source})\\s(.*)$`)
  const blocks: ProseLine[][] = []
  let open: ProseLine[] | undefined
  let isInside = false
  for (const [at, whole] of source.split('\n').entries()) {
    const number = at + 1
    const opens = mark.source === '\\/\\/' && /^\s*\/\*/.test(whole)
    if (isInside || opens) {
      if (opens) blocks.push((open = []))
      const text = whole.replace(/^\s*(?:\/\*\*?|\*(?!\/))?/, '').replace(/\*\/.*$/, '')
      open?.push({ number, whole, text })
      isInside = !whole.includes('*/')
      if (!isInside) open = undefined
      continue
    }
    const [, text] = alone.exec(whole) ?? []
    if (text !== undefined) {
      if (open === undefined) blocks.push((open = []))
      open.push({ number, whole, text })
      continue
    }
    open = undefined
    const [, code = '', remark] = trailing.exec(whole) ?? []
    if (remark !== undefined && hasEvenQuotes(code)) blocks.push([{ number, whole, text: ` ${remark}` }])
  }
  return blocks
}

const xmlComments = (source: string): ProseLine[][] =>
  [...source.matchAll(/<!--([\s\S]*?)-->/g)].map(({ 1: text = '', index }) => {
    const first = source.slice(0, index).split('\n').length
    const lines = source.split('\n')
    return text
      .split('\n')
      .map((line, at) => ({ number: first + at, whole: lines[first + at - 1] ?? '', text: line }))
  })

/** The prose of a Markdown document: no code, table or heading, and nothing between marks of a program. */
const markdownProse = (source: string): ProseLine[][] => {
  const blocks: ProseLine[][] = [[]]
  let fence: string | undefined
  let isKept = false
  for (const [at, whole] of source.split('\n').entries()) {
    const [, mark] = /^\s*(?:>\s*)?(```+|~~~+)/.exec(whole) ?? []
    const isFence = mark !== undefined && (fence === undefined || mark.startsWith(fence))
    if (isFence) fence = fence === undefined ? mark : undefined
    if (/^<!-- [\w-]+:(begin|end) -->/.test(whole)) isKept = whole.includes(':begin')
    const isProse =
      !isFence && fence === undefined && !isKept && !/^\s*(?:\||#{1,6} |<!--|\[[^\]]+\]: )/.test(whole)
    if (isProse)
      blocks.at(-1)?.push({ number: at + 1, whole, text: ` ${whole.replace(/^\s*(?:>\s?)*\s*/, '')}` })
    else blocks.push([])
  }
  return blocks
}

const blocksOf = (file: string, source: string): ProseLine[][] => {
  if (isForeign(file)) return []
  const extension = extname(file)
  if (extension === '.md') return markdownProse(source)
  if (extension === '.xml') return xmlComments(source)
  const isHash = hashFiles.has(basename(file)) || ['.yml', '.yaml', '.sh'].includes(extension)
  const mark = isHash ? /#/ : lineMarks[extension]
  return mark === undefined ? [] : commentsOf(source, mark)
}

/** Laid out by hand, as the contract of a script or a picture: it has columns of its own. */
const isLaidOut = (text: string): boolean =>
  /^\s{2,}\S/.test(text) || /\S {2,}\S/.test(text) || /^\s*(?:KEYS|ARGV|Reply|Returns) /.test(text)
const startsItem = (text: string): boolean => /^\s*(?:[-*+] |\d+[.)] |@\w)/.test(text)

/** Lines that are read on without a stop: the text, and the line on which it begins. */
const paragraphsOf = (block: readonly ProseLine[]): { number: number; text: string }[] => {
  const paragraphs: { number: number; text: string }[] = []
  let isOpen = false
  for (const { number, text } of block) {
    const last = paragraphs.at(-1)
    if (text.trim() === '' || isLaidOut(text)) isOpen = false
    else if (isOpen && last !== undefined && !startsItem(text)) last.text += ` ${text.trim()}`
    else {
      paragraphs.push({ number, text: text.trim().replace(/^(?:[-*+]|\d+[.)]) /, '') })
      isOpen = true
    }
  }
  return paragraphs
}

/** Code, a link and an address are one word each, whatever stands in them. */
const plain = (text: string): string =>
  text
    .replace(/(`+)[^`]*?\1/g, 'code')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/<?\bhttps?:\/\/[^\s>)]*[^\s>).,]/g, 'address')
    .replace(/\*\*|__/g, '')

const abbreviation = /(?:^|[\s(])(?:e\.g|i\.e|cf|vs|approx|incl)\.$/

/** The sentences of a paragraph. A full stop inside a word, a number or an abbreviation ends none. */
export const sentencesOf = (paragraph: string): string[] => {
  const sentences = ['']
  for (const part of plain(paragraph).split(/(?<=[.!?…][)"'”’*_]*)\s+/)) {
    const last = sentences.length - 1
    const joined = `${sentences[last]} ${part}`.trim()
    sentences[last] = joined
    if (!abbreviation.test(part)) sentences.push('')
  }
  return sentences.filter((sentence) => sentence !== '')
}

const wordsOf = (sentence: string): number =>
  sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length

// An address cannot be broken, and a line that is one word cannot either.
const columnsOf = (line: string): number =>
  /^\s*(?:\S+\s+)?\S+$/.test(line) ? 0 : line.replace(/\bhttps?:\/\/\S+/g, '').length

/** Every line of prose that is too wide and every sentence that is too long, with the file and the line. */
export const proseFaults = (file: string, source: string): string[] =>
  blocksOf(file, source).flatMap((block) => [
    ...block.flatMap(({ number, whole }) => {
      const columns = columnsOf(whole)
      return columns > columnsMax ? [`${file}:${number} has ${columns} columns`] : []
    }),
    ...paragraphsOf(block).flatMap(({ number, text }) =>
      sentencesOf(text).flatMap((sentence) => {
        const words = wordsOf(sentence)
        return words > wordsMax
          ? [`${file}:${number} has a sentence of ${words} words: ${sentence.slice(0, 60)}`]
          : []
      }),
    ),
  ])

/** The faults of every file below a folder. */
export const proseFaultsBelow = (root: string): string[] =>
  filesOf(root).flatMap((file) => proseFaults(file, readFileSync(join(root, file), 'utf8')))

import { html } from 'hono/html'
import type { PageHtml } from '../../web/pages/frame.ts'

/** A value of a document that is text; empty when it is left out. */
export const textIn = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The little Markdown that descriptions have: code in backticks, and strong words. */
export const inlineHtml = (text: string): PageHtml => {
  const parts = text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith('`')) return html`<code>${part.slice(1, -1)}</code>`
    return part.startsWith('**') ? html`<strong>${part.slice(2, -2)}</strong>` : part
  })
  return html`${parts}`
}

/** Paragraphs, which an empty line parts. */
export const paragraphsHtml = (text: string): PageHtml =>
  html`${text.split('\n\n').map((paragraph) => html`<p>${inlineHtml(paragraph)}</p>`)}`

/** Pieces with something between them. */
export const joined = (pieces: readonly PageHtml[], between: string): PageHtml =>
  html`${pieces.map((piece, index) => (index === 0 ? piece : html`${between}${piece}`))}`

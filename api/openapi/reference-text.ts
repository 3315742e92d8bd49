/** A value of a document that is text; empty when it is left out. */
export const textIn = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Text as HTML. */
export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** The little Markdown that descriptions have: code in backticks, and strong words. */
export const inlineHtml = (text: string): string =>
  escapeHtml(text)
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
    .replaceAll(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')

/** Paragraphs, which an empty line parts. */
export const paragraphsHtml = (text: string): string =>
  text
    .split('\n\n')
    .map((paragraph) => `<p>${inlineHtml(paragraph)}</p>`)
    .join('\n')

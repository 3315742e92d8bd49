import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { type Text, texts } from './texts.ts'

/** A piece of the page. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

/** The same in both languages; the page shows one. */
export const say = ({ en, ko }: Text): Html => html`<span lang="en">${en}</span><span lang="ko">${ko}</span>`

const cells = (tag: 'th' | 'td', values: readonly (string | Html)[]): Html[] =>
  values.map((value, index) =>
    index === 0
      ? html`${raw(`<${tag}>`)}${value}${raw(`</${tag}>`)}`
      : html`${raw(`<${tag} class="number">`)}${value}${raw(`</${tag}>`)}`,
  )

/** A table with text in its first column and figures in the others. */
export const table = (
  heads: readonly (string | Html)[],
  rows: readonly (readonly (string | Html)[])[],
): Html =>
  html`<div class="wide"><table>
<thead><tr>${cells('th', heads)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${cells('td', row)}</tr>`)}</tbody>
</table></div>`

/** The figures behind a picture. */
export const behind = (content: Html): Html =>
  html`<details><summary>${say(texts.behind)}</summary>${content}</details>`

import { html } from 'hono/html'
import type { Language } from '../texts/language.ts'
import { pageTexts } from '../texts/page-texts.ts'
import { framed } from './frame.ts'

/** A page that says why the page that was asked for is not here. */
export const noticePage = ({
  language,
  title,
  text,
  path,
}: {
  language: Language
  title: string
  text: string
  path: string
}): Promise<string> =>
  framed({
    ...{ language, title, path },
    body: html`<h1>${title}</h1>
<p>${text}</p>
<p><a href="/me/coupons">${pageTexts.coupons[language]}</a> · <a href="/">${pageTexts.sales[language]}</a></p>`,
  })

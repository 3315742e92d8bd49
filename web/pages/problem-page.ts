import { html } from 'hono/html'
import type { Language, Wording } from '../texts/language.ts'
import { framed } from './frame.ts'

/** What a problem means: first in the language of the reader, then in the other. */
export type ProblemPage = {
  code: string
  status: number
  title: string
  explanation: Wording
  language: Language
}

/** The page to which the `type` of a problem points. */
export const problemPage = ({ code, status, title, explanation, language }: ProblemPage): Promise<string> => {
  const other = language === 'en' ? 'ko' : 'en'
  return framed({
    ...{ language, title, path: `/problems/${code}` },
    body: html`<h1 lang="en">${title}</h1>
<p class="dim"><code>${code} · ${String(status)}</code></p>
<p>${explanation[language]}</p>
<p class="dim" lang="${other}">${explanation[other]}</p>`,
  })
}

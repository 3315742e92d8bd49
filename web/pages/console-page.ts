import { html } from 'hono/html'
import { consoleTexts } from '../texts/console-texts.ts'
import type { Language } from '../texts/language.ts'
import { framed } from './frame.ts'

/** The frame of the console. A script fills it: the token of the operator is in the browser alone. */
export const consolePage = (language: Language): Promise<string> =>
  framed({
    language,
    title: consoleTexts.title[language],
    path: '/console',
    scripts: ['/assets/console.js'],
    styles: ['/assets/console.css'],
    body: html`<noscript><p>${consoleTexts.needsScript[language]}</p></noscript><div id="console"></div>`,
  })

import { html } from 'hono/html'
import type { Language } from '../texts/language.ts'

/** A piece of a page. */
export type PageHtml = ReturnType<typeof html>

/** What every page has around its own part. `scripts` are paths of modules. */
export type Frame = {
  language: Language
  title: string
  /** The path of this page, for the switch of languages; left out where there is one language. */
  path?: string
  scripts?: readonly string[]
  /** Paths of style sheets beside the common one. */
  styles?: readonly string[]
  /** How people sign in on this page; left out where nobody does. */
  signIn?: SignIn
  body: PageHtml
}

/** Who may tell a page who its person is: origins that may embed it, and a sign-in to try things out. */
export type SignIn = { embedders: readonly string[]; isDemo: boolean }

/** The other language: how it calls itself. */
const otherLanguage = { en: ['ko', '한국어'], ko: ['en', 'English'] } as const

/** A page as one document: readable without a script, and without a style or a script in it. */
export const framed = async ({
  language,
  title,
  path,
  scripts = [],
  styles = [],
  signIn,
  body,
}: Frame): Promise<string> => {
  const [other, name] = otherLanguage[language]
  return String(
    await html`<!doctype html>
<html lang="${language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${
  signIn === undefined
    ? ''
    : html`<meta name="firstcome" content="sign-in" data-embedders="${signIn.embedders.join(' ')}" data-demo="${String(signIn.isDemo)}">`
}
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/style.css">
${styles.map((style) => html`<link rel="stylesheet" href="${style}">`)}
${scripts.map((script) => html`<script type="module" src="${script}"></script>`)}
</head><body>
<header><a href="/">firstcome</a>${
      path === undefined
        ? ''
        : html`<a href="${path}?lang=${other}" lang="${other}" hreflang="${other}">${name}</a>`
    }</header>
<main>${body}</main>
</body></html>
`,
  )
}

import { hash } from 'node:crypto'

/**
 * Headers of a page with one style element and nothing else: no script, picture or frame, and no address of
 * it goes to other sites. `style` is the text between the tags, to the last blank.
 */
export const pageHeadersOf = (style: string): Record<string, string> => ({
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${hash('sha256', style, 'base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
})

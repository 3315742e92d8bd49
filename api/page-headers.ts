import { hash } from 'node:crypto'

/** Which pages may show this one in a frame, and the style elements that it may have: their whole texts. */
export type PageAllowances = { ancestors?: readonly string[]; styles?: readonly string[] }

/** Headers of a page: scripts, styles and pictures of its own origin, and nothing else. */
export const pageHeaders = ({
  ancestors = ["'none'"],
  styles = [],
}: PageAllowances = {}): Record<string, string> => ({
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    ["style-src 'self'", ...styles.map((style) => `'sha256-${hash('sha256', style, 'base64')}'`)].join(' '),
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${ancestors.join(' ')}`,
  ].join('; '),
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'X-Content-Type-Options': 'nosniff',
})

/**
 * Headers of a page: scripts, styles and pictures of its own origin and nothing else. Only `ancestors` may
 * show it in a frame.
 */
export const pageHeaders = (ancestors: readonly string[] = ["'none'"]): Record<string, string> => ({
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${ancestors.join(' ')}`,
  ].join('; '),
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'X-Content-Type-Options': 'nosniff',
})

/** A request that opens a connection before anything is measured on it, so that no shopper pays for that. */
export const openingRequest = (url: string): Buffer =>
  Buffer.from(`GET /livez HTTP/1.1\r\nhost: ${new URL(url).host}\r\n\r\n`, 'latin1')

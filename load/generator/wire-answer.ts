/** One HTTP/1.1 answer, read from the bytes of a connection. */
export type WireAnswer = { status: number; head: string; body: string }

const headEnd = '\r\n\r\n'
const lengthPattern = /\r\ncontent-length: *(\d+)/i

/**
 * Takes one answer from the front of the received bytes; undefined while it is incomplete. The body is as
 * long as content-length says, which every answer of the API has.
 */
export const takeAnswer = (received: Buffer): { answer: WireAnswer; rest: Buffer } | undefined => {
  const end = received.indexOf(headEnd)
  if (end < 0) return undefined
  const head = received.toString('latin1', 0, end)
  const bodyStart = end + headEnd.length
  const bodyEnd = bodyStart + Number(lengthPattern.exec(head)?.[1] ?? 0)
  if (received.length < bodyEnd) return undefined
  const body = received.toString('utf8', bodyStart, bodyEnd)
  // The status follows `HTTP/1.1 `.
  return { answer: { status: Number(head.slice(9, 12)), head, body }, rest: received.subarray(bodyEnd) }
}

/** The headers of an answer: names in lower case and values, alternating. */
export const headersOf = (head: string): string[] =>
  head
    .split('\r\n')
    .slice(1)
    .flatMap((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    })

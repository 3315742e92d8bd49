import type { IncomingMessage } from 'node:http'
import { prepareProblem, problem } from '../problem.ts'
import { type HttpContext, headerOf } from '../route.ts'
import { findRepeatedName } from './repeated-name.ts'

/** A longer body is rejected with 413. The longest document takes half of it. */
const bodyBytesMax = 8_192

/** JSON is UTF-8 (RFC 8259): other bytes are malformed, instead of names with replacement characters. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const wrongMediaType = prepareProblem('unsupported-media-type', 'Send the body as application/json.')
const tooLarge = prepareProblem('too-large', `The body must not exceed ${bodyBytesMax} bytes.`)
const brokenOff = prepareProblem('malformed', 'The body did not arrive as a whole.')
const noJson = prepareProblem('malformed', 'The body is not a JSON document.')

const twice = (name: string): Response =>
  problem('malformed', `An object of the body has ${JSON.stringify(name.slice(0, 64))} twice.`)

/**
 * Hands on the JSON body of a request and its caller, or answers the problem with it. What its head tells is
 * answered without a wait.
 */
export const withJson = <Caller>(
  handle: (context: HttpContext, document: unknown, caller: Caller) => Promise<Response>,
): ((context: HttpContext, caller: Caller) => Response | Promise<Response>) => {
  const read = async (context: HttpContext, caller: Caller): Promise<Response> => {
    const bytes = await readBody(context.env.incoming)
    if (bytes === 'too-large') return tooLarge()
    if (bytes === 'broken-off') return brokenOff()
    let document: unknown
    let text: string
    try {
      text = utf8.decode(bytes)
      document = JSON.parse(text)
    } catch {
      return noJson()
    }
    const repeated = findRepeatedName(text)
    if (repeated !== undefined) return twice(repeated)
    return handle(context, document, caller)
  }
  return (context, caller) => {
    const mediaType = headerOf(context, 'content-type')?.split(';')[0]?.trim().toLowerCase()
    if (mediaType !== 'application/json') return wrongMediaType()
    const declaredBytes = Number(context.env.incoming.headers['content-length'] ?? 0)
    return declaredBytes > bodyBytesMax ? tooLarge() : read(context, caller)
  }
}

/**
 * Counts a body without Content-Length while it arrives. The rest of a body that is too long is left to the
 * server.
 */
const readBody = async (incoming: IncomingMessage): Promise<Buffer | 'too-large' | 'broken-off'> => {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
      chunks.push(Buffer.from(chunk as Uint8Array))
      bytes += chunks.at(-1)?.length ?? 0
      if (bytes > bodyBytesMax) return 'too-large'
    }
  } catch {
    // The client has gone, or sends what is no body. Only the connection fails here: nothing of ours does.
    return 'broken-off'
  }
  return Buffer.concat(chunks)
}

import { once } from 'node:events'
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { until } from '../values/until.ts'

/** An event as it came. */
export type ReceivedEvent = { id: string; event: string; data: Record<string, unknown> }

/** A client of a stream of server-sent events, on a connection of its own. */
export type EventStream = {
  status: number
  headers: IncomingHttpHeaders
  /** All events so far, oldest first. */
  events: ReceivedEvent[]
  /** The wait before it may come back; `undefined` before it was told. */
  retryMs(): number | undefined
  heartbeats(): number
  /** Waits for an event. */
  next(what: string, isIt: (event: ReceivedEvent) => boolean): Promise<ReceivedEvent>
  /** Resolves when the stream has ended: `whole` when it had an end, `cut` when only its connection had. */
  ended: Promise<'whole' | 'cut'>
  /** Stops reading, until `resume`. */
  pause(): void
  resume(): void
  /** Disconnects. */
  leave(): void
  /** Says that it will send nothing more, and reads on. */
  closeSending(): void
}

const readBlock = (block: string): Record<string, string> =>
  Object.fromEntries(
    block.split('\n').map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1).trim()]
    }),
  )

/** Opens a stream. Resolves with the head of the answer, whatever its status is. */
export const openEvents = async (
  url: string,
  options: { headers?: Record<string, string>; from?: string } = {},
): Promise<EventStream> => {
  const { headers = {}, from } = options
  const asking = request(url, {
    agent: false,
    headers,
    ...(from === undefined ? {} : { localAddress: from }),
  })
  // A connection that is cut is seen at its answer.
  asking.on('error', () => {})
  asking.end()
  const [answer] = (await once(asking, 'response')) as [IncomingMessage]
  const events: ReceivedEvent[] = []
  let rest = ''
  let retryMs: number | undefined
  let heartbeats = 0
  const ending = Promise.withResolvers<'whole' | 'cut'>()
  answer.setEncoding('utf8')
  answer.on('data', (text: string) => {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const fields = readBlock(block)
      if (fields['retry'] !== undefined) retryMs = Number(fields['retry'])
      if (fields[''] !== undefined) heartbeats += 1
      const { id, event, data } = fields
      if (id !== undefined && event !== undefined && data !== undefined)
        events.push({ id, event, data: JSON.parse(data) })
    }
  })
  answer.on('error', () => {})
  answer.on('close', () => ending.resolve(answer.complete ? 'whole' : 'cut'))
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    events,
    retryMs: () => retryMs,
    heartbeats: () => heartbeats,
    next: (what, isIt) => until(what, () => events.find(isIt)),
    ended: ending.promise,
    pause: () => void answer.pause(),
    resume: () => void answer.resume(),
    leave: () => void asking.destroy(),
    closeSending: () => void answer.socket.end(),
  }
}

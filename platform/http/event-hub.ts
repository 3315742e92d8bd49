import type { IncomingMessage, ServerResponse } from 'node:http'
import { type EventFrame, encodeFrame, formatEvent, type StreamEvent } from './event-frame.ts'
import { endStream, isReading, openEventStream, type StreamListener, writeFrame } from './event-listener.ts'

/** Someone who asks for a stream. */
export type Asking = {
  incoming: IncomingMessage
  outgoing: ServerResponse
  /** Whether the client has this event, as its Last-Event-ID says. It then gets the next one first. */
  has(id: string): boolean
  /** Whether it may listen no longer. Asked before each write; the stream then ends instead. */
  isOver?: (() => boolean) | undefined
  /** Called once, when the stream has ended. */
  onClosed(): void
}

/**
 * Streams of events by topic. Every listener of a topic gets the same bytes. A listener that has not read the
 * last event misses those in between, and gets the newest when it reads again.
 */
export type EventHub = {
  /** Opens a stream of a topic that `read` knows. */
  listen(topic: string, asking: Asking): void
  /**
   * Call it every quarter of a second, the length of a tick. Events are written some at a time, so that no
   * request waits for all listeners.
   */
  step(): void
  /** Ends all streams. From here on a new one gets the present event, and ends too. */
  close(): void
}

export type EventHubOptions = {
  /** The present event of a topic. `isLast` ends its streams with it, and `over` without one. */
  read(topic: string): { event: StreamEvent; isLast: boolean } | 'over'
  /** Writes a second for a topic whose state stays the same. With more listeners its events are fewer. */
  writesPerSecondMax: number
  /** From 0 to 1: clients whose streams end together return one by one. */
  random(): number
  /** Called for each event that a listener missed. */
  onMissed(): void
}

/** One event a second at most. */
const ticksBetweenEvents = 4

/** Fifteen seconds: proxies close what says nothing for a minute, some for half of one. */
const ticksBetweenHeartbeats = 60

/** Writes of one turn of the event loop: about half a millisecond. */
const writesInTurnMax = 64

const retryMsMin = 2_000
const retryMsSpread = 3_000

const heartbeat = encodeFrame('', ':\n\n')

type Topic = {
  readonly name: string
  readonly listeners: Set<StreamListener>
  frame: EventFrame
  /** What the frame says of the state. */
  state: string
  framedAtTick: number
  writtenAtTick: number
  /** Some listeners do not have the frame. */
  isBehind: boolean
  /** Its streams are being ended. */
  isOver: boolean
}

export const createEventHub = ({ read, writesPerSecondMax, random, onMissed }: EventHubOptions): EventHub => {
  const topics = new Map<string, Topic>()
  let tick = 0
  let round: Generator | undefined
  let isClosed = false

  const retryText = (): string => `retry: ${Math.round(retryMsMin + retryMsSpread * random())}\n\n`

  /** Whether the time of the next event has come. */
  const isDue = ({ framedAtTick, listeners, state }: Topic, event: StreamEvent): boolean => {
    const ticks = tick - framedAtTick
    // safeguard: a stream has one event a second
    if (ticks < ticksBetweenEvents) return false
    // safeguard: a crowd of listeners hears less often
    return event.state !== state || ticks * writesPerSecondMax >= listeners.size * ticksBetweenEvents
  }

  /** Makes the newest frame when it is time. */
  const renew = (topic: Topic): void => {
    if (topic.isOver) return
    const present = read(topic.name)
    topic.isOver = present === 'over'
    if (present === 'over') return
    const { event, isLast } = present
    if (event.id === topic.frame.id || !isDue(topic, event)) return
    topic.frame = encodeFrame(event.id, formatEvent(event))
    topic.state = event.state
    topic.framedAtTick = topic.writtenAtTick = tick
    topic.isBehind = true
    topic.isOver = isLast
  }

  /** Writes the newest frame to a listener that has read all others. False: it was not written. */
  const offer = ({ frame, isOver }: Topic, listener: StreamListener): boolean => {
    // This process may have been behind the one that the listener came from, and only now be as far.
    if (listener.knew?.(frame.id) === true && !isOver) {
      listener.has = frame
      return true
    }
    // safeguard: a client that does not read costs no memory
    if (isReading(listener)) {
      writeFrame(listener, frame)
      listener.has = frame
      listener.knew = undefined
      return true
    }
    if (listener.missed !== frame) onMissed()
    listener.missed = frame
    return false
  }

  /** Brings every topic to its listeners. It yields where other work may come in between. */
  const bringAll = function* (): Generator {
    for (const topic of topics.values()) {
      yield
      renew(topic)
      const isHeartbeatDue = tick - topic.writtenAtTick >= ticksBetweenHeartbeats
      if (isHeartbeatDue) topic.writtenAtTick = tick
      if (!topic.isBehind && !isHeartbeatDue && !topic.isOver) continue
      topic.isBehind = false
      for (const listener of topic.listeners) {
        // safeguard: a stream ends with the token of its listener
        if (listener.isOver?.() === true) endStream(listener)
        else if (listener.has !== topic.frame) topic.isBehind = !offer(topic, listener) || topic.isBehind
        else if (isHeartbeatDue && isReading(listener)) writeFrame(listener, heartbeat)
        else if (!topic.isOver) continue
        if (topic.isOver) endStream(listener)
        yield
      }
    }
  }
  const goOn = (): void => {
    for (let writes = 0; writes < writesInTurnMax; writes += 1)
      if (round?.next().done !== false) {
        round = undefined
        return
      }
    setImmediate(goOn)
  }

  const openTopic = (name: string): Topic | undefined => {
    const present = read(name)
    if (present === 'over') return undefined
    const { event, isLast } = present
    return {
      ...{ name, listeners: new Set(), frame: encodeFrame(event.id, formatEvent(event)), state: event.state },
      ...{ framedAtTick: tick, writtenAtTick: tick, isBehind: false, isOver: isLast },
    }
  }

  return {
    listen(name, { incoming, outgoing, has, isOver, onClosed }) {
      const topic = topics.get(name) ?? openTopic(name)
      const isEnding = topic === undefined || topic.isOver || isClosed
      const opening = topic === undefined || has(topic.frame.id) ? '' : topic.frame.text.toString()
      const listener = openEventStream(incoming, outgoing, retryText() + opening, (closed) => {
        topic?.listeners.delete(closed)
        if (topic?.listeners.size === 0 && topics.get(name) === topic) topics.delete(name)
        onClosed()
      })
      if (listener === undefined) return onClosed()
      if (isEnding) return void outgoing.end()
      listener.has = topic.frame
      listener.isOver = isOver
      if (opening === '') listener.knew = has
      topic.listeners.add(listener)
      topics.set(name, topic)
    },
    step() {
      tick += 1
      // The machine is too slow for a whole round in a tick: what comes next is newer.
      if (round !== undefined || topics.size === 0) return
      round = bringAll()
      goOn()
    },
    close() {
      isClosed = true
      for (const { listeners } of topics.values()) listeners.forEach(endStream)
    },
  }
}

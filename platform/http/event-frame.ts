/** An event of a stream. Two events have the same `id` only when they say the same. */
export type StreamEvent = {
  id: string
  /** The type, by which clients choose a handler. */
  event: string
  /** A change of it reaches listeners within a second. Other events may come later when many listen. */
  state: string
  /** One line of text. Called once for all listeners. */
  data(): string
}

/** An event as it is written: the same bytes for every listener. */
export type EventFrame = {
  id: string
  text: Buffer
  /** The same text as one chunk of HTTP/1.1. */
  chunk: Buffer
}

/** The event in the text format of server-sent events (WHATWG HTML, section 9.2). */
export const formatEvent = ({ id, event, data }: StreamEvent): string =>
  `id: ${id}\nevent: ${event}\ndata: ${data()}\n\n`

/** Encodes text once, with its chunk around it: Node would write four pieces for each listener. */
export const encodeFrame = (id: string, content: string): EventFrame => {
  const text = Buffer.from(content)
  const chunk = Buffer.concat([Buffer.from(`${text.length.toString(16)}\r\n`), text, Buffer.from('\r\n')])
  return { id, text, chunk }
}

/** Reads server-sent events from pieces of text, wherever the pieces are cut. Only whole events count. */
export const createEventParser = (onEvent: (event: { type: string; data: string }) => void) => {
  let rest = ''
  let type = 'message'
  let data: string[] = []

  const readLine = (line: string): void => {
    if (line === '') {
      if (data.length > 0) onEvent({ type, data: data.join('\n') })
      type = 'message'
      data = []
      return
    }
    const colon = line.indexOf(':')
    const [name, value] =
      colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')]
    if (name === 'event') type = value
    if (name === 'data') data.push(value)
  }

  return {
    add(text: string): void {
      const lines = (rest + text).split(/\r\n|\n|\r(?!$)/)
      rest = lines.pop() ?? ''
      for (const line of lines) readLine(line)
    },
  }
}

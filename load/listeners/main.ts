import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'

// Listeners in a process of their own, so that their work is not done by whoever measures. They look for the
// beginnings of events, and read no further. They end with the input, and their counts are the output.
const shape = z.object({
  ...{ url: z.string(), campaignId: z.string(), adminToken: z.string() },
  ...{ count: z.number().int().positive(), consoles: z.number().int().min(0) },
})
const { url, campaignId, adminToken, count, consoles } = shape.parse(
  JSON.parse(process.env['LISTENERS'] ?? ''),
)
const { hostname, port } = new URL(url)
const requestOf = (path: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\n${more}\r\n`
const listener = requestOf(`/v1/campaigns/${campaignId}/events`)
const operator = requestOf(
  `/v1/admin/events?campaign=${campaignId}`,
  `authorization: Bearer ${adminToken}\r\n`,
)
const beginning = '\nevent: '
const atOnce = 100

let [listening, events, cut] = [0, 0, 0]
const listen = (request: string): Promise<void> => {
  const opened = Promise.withResolvers<void>()
  const socket = connect(Number(port), hostname)
  let isListening = false
  socket.setEncoding('latin1')
  socket.on('data', (text: string) => {
    for (let at = text.indexOf(beginning); at !== -1; at = text.indexOf(beginning, at + 1)) events += 1
    if (isListening) return
    if (!text.startsWith('HTTP/1.1 200 ')) return void socket.destroy()
    isListening = true
    listening += 1
    opened.resolve()
  })
  // It is seen at its close.
  socket.on('error', () => undefined)
  socket.on('close', () => {
    cut += 1
    opened.resolve()
  })
  socket.write(request)
  return opened.promise
}
const requests = [
  ...Array.from({ length: consoles }, () => operator),
  ...Array.from({ length: count }, () => listener),
]
for (let opened = 0; opened < requests.length; opened += atOnce)
  await Promise.all(requests.slice(opened, opened + atOnce).map(listen))
// What opening them left to do is no part of what is measured.
await wait(500)
process.stdout.write('running\n')

process.stdin
  .on('end', () => {
    process.stdout.write(`${JSON.stringify({ listening, events, cut })}\n`, () => process.exit(0))
  })
  .resume()

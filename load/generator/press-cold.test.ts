import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createAnswerSheet } from './answer-sheet.ts'
import { pressCold } from './press-cold.ts'

// No test waits this long: who is answered or refused must not wait for it.
const longPatienceMs = 60_000
const shoppers = 120
const now = () => performance.now()
const cleanUps: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp()
})

const portOf = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(() => new Promise((resolve) => server.close(resolve)))
  return (server.address() as AddressInfo).port
}

const pressAt = async (port: number, patienceMs: number) => {
  const sheet = createAnswerSheet(shoppers, now)
  const requests = Array.from({ length: shoppers }, (_, shopper) =>
    Buffer.from(`POST /${shopper} HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n`),
  )
  const connects = await pressCold({ url: `http://127.0.0.1:${port}`, requests, patienceMs, now }, sheet)
  return { sheet, connects }
}

describe('cold presses', () => {
  test('every shopper has a connection of their own, and gets their own answer', async () => {
    const ports = new Set<number | undefined>()
    const server = createHttpServer((request, response) => {
      ports.add(request.socket.remotePort)
      response.end(request.url)
    })
    const { sheet, connects } = await pressAt(await portOf(server), longPatienceMs)
    expect(connects.connectsMs).toHaveLength(shoppers)
    expect(ports.size).toBe(shoppers)
    const bodies = Array.from({ length: shoppers }, (_, shopper) => sheet.read(shopper)?.body)
    expect(bodies).toEqual(bodies.map((_, shopper) => `/${shopper}`))
    expect([sheet.answeredCount(), sheet.unpressed(), sheet.faults().size]).toEqual([shoppers, [], 0])
  })

  test('where nobody listens, every shopper is without a connection and has not pressed', async () => {
    const server = createServer()
    const port = await portOf(server)
    await new Promise((resolve) => server.close(resolve))
    const { sheet, connects } = await pressAt(port, longPatienceMs)
    expect([connects.connectsMs, sheet.unpressed().length]).toEqual([[], shoppers])
    expect(Object.fromEntries(sheet.faults())).toEqual({ ECONNREFUSED: shoppers })
  })

  test('a shopper who is not answered gives up, and their press stays unknown', async () => {
    // It answers nothing. Who gives up resets the connection.
    const server = createServer((socket) => socket.on('error', () => {}))
    const { sheet, connects } = await pressAt(await portOf(server), 100)
    expect(connects.connectsMs.length + sheet.unpressed().length).toBe(shoppers)
    expect(sheet.answeredCount()).toBe(0)
  })
})

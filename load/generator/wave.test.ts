import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createAnswerSheet } from './answer-sheet.ts'
import { runWave } from './wave.ts'

const shoppers = 600
const connections = 24
const cleanUps: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp()
})

/** Starts a server that hands each press to `onPress`, and counts the presses of each shopper. */
const serve = async (
  onPress: (shopper: number, response: ServerResponse, request: IncomingMessage) => void,
) => {
  const pressed = new Map<number, number>()
  const server = createServer((request, response) => {
    if (request.url !== '/press') return response.end()
    const shopper = Number(request.headers['x-shopper'])
    pressed.set(shopper, (pressed.get(shopper) ?? 0) + 1)
    return onPress(shopper, response, request)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, pressed }
}

const waveAt = (url: string, answerTimeoutSeconds = 5) => ({
  url,
  connections,
  answerTimeoutSeconds,
  waveTimeoutMs: 20_000,
  requests: Array.from({ length: shoppers }, (_, shopper) =>
    Buffer.from(`POST /press HTTP/1.1\r\nhost: a\r\nx-shopper: ${shopper}\r\ncontent-length: 0\r\n\r\n`),
  ),
})

const answer = (shopper: number, response: ServerResponse): void => {
  response.writeHead(shopper % 3 === 0 ? 409 : 201, { 'retry-after': String(shopper) })
  response.end(JSON.stringify({ shopper }))
}

const newSheet = () => createAnswerSheet(shoppers, () => performance.now())

/** Shoppers with an answer. Throws for an answer that is somebody else's. */
const ownAnswers = (sheet: ReturnType<typeof newSheet>): number[] =>
  Array.from({ length: shoppers }, (_, shopper) => shopper).filter((shopper) => {
    const read = sheet.read(shopper)
    if (read === undefined) return false
    expect(read).toMatchObject({ status: shopper % 3 === 0 ? 409 : 201, body: JSON.stringify({ shopper }) })
    return true
  })

describe('a wave over autocannon', () => {
  test('every shopper presses once and gets their own answer', async () => {
    const { url, pressed } = await serve((shopper, response) => {
      setTimeout(() => answer(shopper, response), shopper % 7)
    })
    const sheet = newSheet()
    await runWave(waveAt(url), sheet)
    expect(ownAnswers(sheet)).toHaveLength(shoppers)
    expect([...pressed.values()].every((times) => times === 1)).toBe(true)
    expect(sheet.answeredCount()).toBe(shoppers)
    expect(sheet.grantedCount()).toBe(400)
    expect(sheet.unpressed()).toEqual([])
  })

  test('latencies are fractions of a millisecond, and Retry-After is kept where it matters', async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(503, { 'retry-after': '7' })
      response.end()
    })
    const sheet = newSheet()
    await runWave(waveAt(url), sheet)
    const read = sheet.read(5)
    expect(read).toMatchObject({ status: 503, retryAfter: '7' })
    expect(read?.latencyMs).toBeGreaterThan(0)
    expect(Number.isInteger(read?.latencyMs)).toBe(false)
  })

  /** Ways in which a server leaves one press in fifty without an answer. */
  const faults: [string, (response: ServerResponse, request: IncomingMessage) => void][] = [
    ['a reset', (_, request) => request.socket.resetAndDestroy()],
    ['an end', (_, request) => request.socket.end()],
    ['half a head', (_, request) => request.socket.end('HTTP/1.1 201 Crea')],
    [
      'half a body',
      (_, request) => request.socket.end('HTTP/1.1 201 Created\r\ncontent-length: 99\r\n\r\n{"sho'),
    ],
    ['silence', () => {}],
  ]

  test.each(faults)(
    '%s leaves its own press unknown, and gives nobody the answer of another',
    async (_, fault) => {
      const { url, pressed } = await serve((shopper, response, request) => {
        if (shopper % 50 === 49) fault(response, request)
        else answer(shopper, response)
      })
      const sheet = newSheet()
      await runWave(waveAt(url, 1), sheet)
      const answered = new Set(ownAnswers(sheet))
      expect(answered.size).toBeGreaterThan(0)
      for (let shopper = 49; shopper < shoppers; shopper += 50) expect(answered.has(shopper)).toBe(false)
      expect([...pressed.values()].every((times) => times === 1)).toBe(true)
      const unpressed = new Set(sheet.unpressed())
      for (const shopper of pressed.keys()) expect(unpressed.has(shopper)).toBe(false)
    },
  )

  test('shoppers left by broken connections press in the next wave, nobody twice', async () => {
    let broken = 0
    const { url, pressed } = await serve((shopper, response, request) => {
      broken += 1
      if (broken > 100 && broken <= 100 + connections) request.socket.resetAndDestroy()
      else answer(shopper, response)
    })
    const sheet = newSheet()
    await runWave(waveAt(url), sheet)
    expect(sheet.unpressed().length).toBeGreaterThan(0)
    await runWave(waveAt(url), sheet)
    expect(sheet.unpressed()).toEqual([])
    expect(ownAnswers(sheet)).toHaveLength(shoppers - connections)
    expect([...pressed.values()].every((times) => times === 1)).toBe(true)
    expect(sheet.faults().get('ECONNRESET')).toBe(connections)
  })

  test('refused connections leave every shopper unpressed, and are counted as faults', async () => {
    const { url } = await serve(() => {})
    for (const cleanUp of cleanUps.splice(0)) await cleanUp()
    const sheet = newSheet()
    await runWave(waveAt(url), sheet)
    expect(sheet.unpressed()).toHaveLength(shoppers)
    expect(sheet.faults().get('ECONNREFUSED')).toBe(connections)
  })
})

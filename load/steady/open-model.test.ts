import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { killPrograms, runOwnProgram } from '../../test/harness/processes/run-own-program.ts'
import { until } from '../../test/harness/values/until.ts'
import { createAnswerSheet } from '../generator/answer-sheet.ts'
import { generatorFaults } from '../measure/generator-soundness.ts'
import { summariseLatencies } from '../measure/latency.ts'
import { machineNow } from './machine-clock.ts'
import { type OpenModel, runOpenModel } from './open-model.ts'
import { runOpenModelProcess } from './open-model-process.ts'
import { replayedSheet } from './replayed-sheet.ts'

const shoppers = 40
const cleanUps: (() => Promise<unknown>)[] = []

afterEach(async () => {
  await killPrograms()
  for (const cleanUp of cleanUps.splice(0)) await cleanUp()
})

type OnPress = (shopper: number, response: ServerResponse, request: IncomingMessage) => void

const answer = (response: ServerResponse, status: number, shopper: number): void => {
  const body = JSON.stringify({ shopper })
  response.writeHead(status, { 'retry-after': '7', 'content-length': body.length }).end(body)
}
const grant = (response: ServerResponse, shopper: number): void => answer(response, 201, shopper)

const serve = async (onPress: OnPress) => {
  const pressed: number[] = []
  const server = createServer((request, response) => {
    if (request.url !== '/press') return response.end()
    const shopper = Number(request.headers['x-shopper'])
    pressed.push(shopper)
    return onPress(shopper, response, request)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const connections = () =>
    new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, pressed, connections }
}

const orderAt = (url: string, changes: Partial<OpenModel> = {}) => ({
  model: { url, connections: shoppers, perSecond: 1_000, warmUp: 0, graceMs: 20_000, ...changes },
  requests: Array.from({ length: shoppers }, (_, shopper) =>
    Buffer.from(`POST /press HTTP/1.1\r\nhost: a\r\nx-shopper: ${shopper}\r\ncontent-length: 0\r\n\r\n`),
  ),
})

const runHere = async (url: string, changes?: Partial<OpenModel>) => {
  const { model, requests } = orderAt(url, changes)
  const sheet = createAnswerSheet(shoppers, machineNow)
  const generator = await runOpenModel(model, requests, sheet)
  return { sheet, generator, read: requests.map((_, shopper) => sheet.read(shopper)) }
}

describe('an open model', () => {
  test('everybody presses, in order, although nobody is answered before the last has pressed', async () => {
    const held: (() => void)[] = []
    const { url, pressed } = await serve((shopper, response) => {
      held.push(() => grant(response, shopper))
      if (held.length === shoppers) for (const release of held) release()
    })
    const { generator, read } = await runHere(url)
    expect(pressed.toSorted((left, right) => left - right)).toEqual([...pressed.keys()])
    expect(read.map((one) => one?.body)).toEqual(read.map((_, shopper) => JSON.stringify({ shopper })))
    expect(generator).toMatchObject({ heldBack: 0, unsent: 0, lateness: { count: shoppers } })
  })

  test('a press that waits for a connection has waited since its moment', async () => {
    let [firstMs, lastMs] = [0, 0]
    const { url } = await serve((shopper, response) => {
      if (shopper === 0) firstMs = machineNow()
      setTimeout(() => {
        lastMs = machineNow()
        grant(response, shopper)
      }, 4)
    })
    const { generator, read } = await runHere(url, { connections: 1 })
    // The first press came after its moment, and that of the last one is so many ms behind it.
    expect(read.at(-1)?.latencyMs).toBeGreaterThanOrEqual(lastMs - firstMs - (shoppers - 1))
    expect(generator.heldBack).toBeGreaterThan(0)
    expect(generator.lateness?.maxMs).toBeGreaterThanOrEqual(lastMs - firstMs - (shoppers - 1) - 20)
  })

  test('presses of the warm-up are answered, and not measured', async () => {
    const { url } = await serve((shopper, response) => grant(response, shopper))
    const { sheet, generator } = await runHere(url, { warmUp: 30 })
    expect(sheet.answeredCount()).toBe(shoppers)
    expect(generator.lateness?.count).toBe(10)
  })

  test('a connection that breaks leaves its own press unanswered, and nobody else', async () => {
    const { url, pressed } = await serve((shopper, response, request) =>
      shopper % 10 === 3 ? request.socket.resetAndDestroy() : grant(response, shopper),
    )
    const { sheet, read } = await runHere(url, { connections: 4 })
    expect(read.flatMap((one, shopper) => (one === undefined ? [shopper] : []))).toEqual([3, 13, 23, 33])
    expect(new Set(pressed).size).toBe(pressed.length)
    expect(sheet.faults().get('ECONNRESET')).toBe(4)
  })

  test('a generator without time on the processor names itself', async () => {
    const { url } = await serve((shopper, response) => {
      // The server shares this process with the generator, and keeps it for longer than all presses take.
      for (const endMs = machineNow() + 20 * shoppers; shopper === 0 && machineNow() < endMs; );
      grant(response, shopper)
    })
    const { generator, read } = await runHere(url, { perSecond: 100 })
    const p99Ms = summariseLatencies(read.map((one) => one?.latencyMs ?? 0))?.p99Ms
    expect(generatorFaults(generator, p99Ms).join()).toMatch(/presses were sent late: p99 \d+/)
  })
})

describe('its process', () => {
  test('its answers are those of the server, in the clock of this process', async () => {
    const { url } = await serve((shopper, response) =>
      answer(response, shopper % 2 === 0 ? 201 : 503, shopper),
    )
    const fromMs = performance.now()
    const done = await runOpenModelProcess(orderAt(url))
    const sheet = replayedSheet(done, machineNow() - performance.now())
    for (let shopper = 0; shopper < shoppers; shopper += 1) {
      const isEven = shopper % 2 === 0
      expect(sheet.read(shopper)).toEqual({
        ...{ status: isEven ? 201 : 503, body: JSON.stringify({ shopper }) },
        retryAfter: isEven ? undefined : '7',
        latencyMs: done.answers[shopper]?.latencyMs,
        answeredMs: expect.toSatisfy((ms: number) => ms > fromMs && ms < performance.now()),
      })
    }
    expect(sheet.grantedCount()).toBe(shoppers / 2)
    expect(done.generator.cpuShare).toBeGreaterThan(0)
  })

  test('it ends with its parent, even when that is killed', async () => {
    const { url, pressed, connections } = await serve(() => {})
    const program = await runOwnProgram(`
      import { runOpenModelProcess } from '${new URL('open-model-process.ts', import.meta.url).href}'
      const requests = Array.from({ length: 9 }, () => Buffer.from('POST /press HTTP/1.1\\r\\nhost: a\\r\\n\\r\\n'))
      const model = ${JSON.stringify(orderAt(url, { connections: 2 }).model)}
      await runOpenModelProcess({ model, requests })`)
    await until('people press', () => pressed.length > 0)
    program.signal('SIGKILL')
    await until('its connections are gone', async () => (await connections()) === 0)
  })

  test('without a server nobody is answered, and that is a result', async () => {
    const { url } = await serve(() => {})
    for (const cleanUp of cleanUps.splice(0)) await cleanUp()
    const { answers, faults, generator } = await runOpenModelProcess(orderAt(url, { graceMs: 1 }))
    expect(answers.every((one) => one === undefined)).toBe(true)
    expect(generator).toMatchObject({ unsent: shoppers, heldBack: shoppers })
    expect(faults.get('ECONNREFUSED')).toBeGreaterThanOrEqual(shoppers)
  })
})

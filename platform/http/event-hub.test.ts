import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { afterEach, expect, test } from 'vitest'
import { type EventStream, openEvents } from '../../test/harness/processes/event-stream.ts'
import { openConnection } from '../../test/harness/processes/raw-connection.ts'
import { until } from '../../test/harness/values/until.ts'
import { alreadySent } from './already-sent.ts'
import { createEventHub } from './event-hub.ts'
import { createEventPlaces } from './event-places.ts'
import { type HttpServer, serveHttp } from './server.ts'

const servers: HttpServer[] = []
const streams: EventStream[] = []
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.leave()
  await Promise.all(servers.splice(0).map((server) => server.close(0)))
})

/** A quarter of what kernels hold for a client that does not read, or more. */
const longText = 'x'.repeat(4_000_000)

type Options = { inactivityTimeoutMs?: number; listenersMax?: number; writesPerSecondMax?: number }

/** A server whose time passes by `steps`. The topic in the path counts what `say` says. */
const serve = async (options: Options = {}) => {
  const numbers = new Map<string, number>()
  const made: string[] = []
  const responses: HttpBindings['outgoing'][] = []
  let padding = ''
  let state = 'open'
  let isOver = false
  let last: number | undefined
  let missed = 0
  const places = createEventPlaces({
    ...{ listenersMax: options.listenersMax ?? 1_000, listenersOfClientMax: 2, proxies: 0 },
  })
  const hub = createEventHub({
    read(topic) {
      const number = numbers.get(topic)
      if (number === undefined) return 'over'
      const id = String(number)
      const data = (): string => {
        made.push(`${topic} ${id}`)
        return JSON.stringify({ number, padding })
      }
      return { event: { id, event: 'number', state, data }, isLast: number === last }
    },
    writesPerSecondMax: options.writesPerSecondMax ?? 1_000,
    random: Math.random,
    onMissed: () => (missed += 1),
  })
  const app = new Hono<{ Bindings: HttpBindings }>()
    .get('/short', (context) => context.text('short'))
    .get('/:topic', ({ env, req, text }) => {
      const leave = places.take(env.incoming)
      if (typeof leave === 'string') return text(leave, 503)
      const had = req.header('last-event-id')
      responses.push(env.outgoing)
      hub.listen(req.param('topic'), {
        incoming: env.incoming,
        outgoing: env.outgoing,
        has: (id) => had !== undefined && Number(id) <= Number(had),
        isOver: req.query('token') === undefined ? undefined : () => isOver,
        onClosed: leave,
      })
      return alreadySent
    })
  const server = await serveHttp(app, {
    ...{ host: '127.0.0.1', port: 0, keepAliveTimeoutMs: 60_000, requestTimeoutMs: 60_000 },
    inactivityTimeoutMs: options.inactivityTimeoutMs ?? 60_000,
    connectionsMax: 1_000,
  })
  servers.push(server)
  const url = `http://127.0.0.1:${server.port}`
  return {
    url,
    server,
    hub,
    made,
    responses,
    taken: places.taken,
    missed: () => missed,
    say: (topic: string, number: number) => void numbers.set(topic, number),
    turn: (next: string) => void (state = next),
    pad: (text: string) => void (padding = text),
    expire: () => void (isOver = true),
    end: (number: number) => void (last = number),
    forget: (topic: string) => void numbers.delete(topic),
    steps(count: number) {
      for (let step = 0; step < count; step += 1) hub.step()
    },
    async open(topic: string, more: Parameters<typeof openEvents>[1] = {}) {
      const stream = await openEvents(`${url}/${topic}`, more)
      streams.push(stream)
      return stream
    },
  }
}

const numbersOf = ({ events }: EventStream): unknown[] => events.map(({ data }) => data['number'])
const heard = (stream: EventStream, number: number): Promise<unknown> =>
  until(`it hears ${number}`, () => numbersOf(stream).includes(number))
/** Lets time pass until it is heard: a client that is busy with the last event misses a tick. */
const heardInTime = (stream: EventStream, number: number, steps: (count: number) => void): Promise<unknown> =>
  until(`it hears ${number}`, () => {
    steps(1)
    return numbersOf(stream).includes(number)
  })

test('a listener gets the present event, then one event a second at most: the newest', async () => {
  const { open, say, steps, made } = await serve()
  say('a', 1)
  const stream = await open('a')
  await heard(stream, 1)
  for (let number = 2; number <= 9; number += 1) {
    say('a', number)
    steps(1)
  }
  await heard(stream, 9)
  expect(numbersOf(stream)).toEqual([1, 5, 9])
  expect(made).toEqual(['a 1', 'a 5', 'a 9'])
  expect(stream.headers).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  })
})

test('events come less often with more listeners than a second has writes, and a new state comes all the same', async () => {
  // Three seconds for six of them.
  const { open, say, steps, turn, made } = await serve({ writesPerSecondMax: 2 })
  say('a', 1)
  const all = [await open('a'), await open('a')]
  all.push(await open('a', { from: '127.0.0.2' }), await open('a', { from: '127.0.0.2' }))
  all.push(await open('a', { from: '127.0.0.3' }), await open('a', { from: '127.0.0.3' }))
  for (let number = 2; number <= 25; number += 1) {
    say('a', number)
    steps(1)
  }
  turn('sold-out')
  for (const number of [26, 27, 28, 29]) {
    say('a', number)
    steps(1)
  }
  await Promise.all(all.map((stream) => heard(stream, 29)))
  expect(made).toEqual(['a 1', 'a 13', 'a 25', 'a 29'])
})

test('an event is made once for all listeners of its topic, and nothing for a topic without any', async () => {
  const { open, say, steps, made } = await serve()
  for (const topic of ['a', 'b', 'quiet']) say(topic, 1)
  const [one, other, elsewhere] = [await open('a'), await open('a'), await open('b')]
  for (const topic of ['a', 'b', 'quiet']) say(topic, 2)
  steps(4)
  await Promise.all([one, other, elsewhere].map((stream) => heard(stream, 2)))
  expect(made.toSorted()).toEqual(['a 1', 'a 2', 'b 1', 'b 2'])
})

test('who has the present event already, by Last-Event-ID, gets the next one first', async () => {
  const { open, say, steps } = await serve()
  say('a', 7)
  const [knows, knowsAnother] = [
    await open('a', { headers: { 'last-event-id': '7' } }),
    await open('a', { headers: { 'last-event-id': '6' } }),
  ]
  say('a', 8)
  steps(4)
  await Promise.all([heard(knows, 8), heard(knowsAnother, 8)])
  expect([numbersOf(knows), numbersOf(knowsAnother)]).toEqual([[8], [7, 8]])
})

test('who comes from a process that was ahead is told nothing until this one is further', async () => {
  const { open, say, steps } = await serve()
  say('a', 6)
  const [ahead, other] = [await open('a', { headers: { 'last-event-id': '7' } }), await open('a')]
  await heard(other, 6)
  for (const number of [7, 8]) {
    say('a', number)
    await heardInTime(other, number, steps)
  }
  await heardInTime(ahead, 8, steps)
  expect([numbersOf(ahead), numbersOf(other)]).toEqual([[8], [6, 7, 8]])
})

test('every listener is told another wait before it comes back', async () => {
  const { open, say } = await serve()
  say('a', 1)
  const all = await Promise.all(Array.from({ length: 5 }, () => open('a')))
  await Promise.all(all.map((stream) => heard(stream, 1)))
  const waits = all.map((stream) => stream.retryMs() ?? 0)
  expect(new Set(waits).size).toBeGreaterThan(1)
  expect(waits.filter((ms) => ms < 2_000 || ms > 5_000)).toEqual([])
})

test('a silent topic has a heartbeat every fifteen seconds, also beside a listener that does not read', async () => {
  const { open, say, pad, steps, missed } = await serve()
  pad(longText)
  say('a', 1)
  const [deaf, stream] = [await open('a'), await open('a')]
  deaf.pause()
  await heard(stream, 1)
  const before = missed()
  for (let number = 2; missed() < before + 5 && number < 60; number += 1) {
    say('a', number)
    await heardInTime(stream, number, steps)
  }
  await until('a heartbeat came', () => {
    steps(1)
    return stream.heartbeats() > 0
  })
})

test('a listener that does not read holds one event in memory, misses others, and then gets the newest', async () => {
  const { open, say, pad, steps, missed, responses } = await serve()
  pad(longText)
  say('a', 1)
  const [slow, quick] = [await open('a'), await open('a')]
  slow.pause()
  let number = 1
  // Sixty of them would be 240 MB.
  while (missed() < 5 && number < 60) {
    number += 1
    say('a', number)
    await heardInTime(quick, number, steps)
  }
  expect(missed()).toBeGreaterThanOrEqual(5)
  expect(responses[0]?.writableLength).toBeLessThan(2 * longText.length)
  expect(numbersOf(quick)).toHaveLength(number)
  slow.resume()
  await until('it reads again', () => responses[0]?.writableLength === 0)
  await heardInTime(slow, number, steps)
  expect(numbersOf(slow).length).toBeLessThan(number)
})

test.each(['disconnects', 'says that it sends no more'] as const)(
  'a listener that %s gives its place back at once',
  async (how) => {
    const { open, say, taken, server } = await serve()
    say('a', 1)
    const stream = await open('a')
    expect(taken()).toBe(1)
    if (how === 'disconnects') stream.leave()
    else {
      stream.closeSending()
      // A second later its connection would be cut.
      expect(await stream.ended).toBe('whole')
    }
    await until('the place is free', () => taken() === 0)
    await until('the connection is closed', async () => (await server.connections()) === 0)
  },
)

test('a stream outlives the inactivity timeout of the server', async () => {
  const { open, say, steps, url } = await serve({ inactivityTimeoutMs: 100 })
  say('a', 1)
  const stream = await open('a')
  // One that never gets its whole request through shows that the time has passed.
  const cut = await openConnection(url)
  cut.send('GET /short HTTP/1.1\r\nhost: here\r\n')
  await cut.closed
  say('a', 2)
  steps(4)
  await heard(stream, 2)
  expect(numbersOf(stream)).toEqual([1, 2])
})

test('the last event ends the stream, and so does a topic that is gone, without one', async () => {
  const { open, say, steps, end, forget } = await serve()
  say('a', 1)
  say('b', 1)
  const [one, other] = [await open('a'), await open('b')]
  end(2)
  say('a', 2)
  forget('b')
  steps(4)
  expect([await one.ended, numbersOf(one)]).toEqual(['whole', [1, 2]])
  expect([await other.ended, numbersOf(other)]).toEqual(['whole', [1]])
  expect(numbersOf(await open('a'))).toEqual([])
})

test('a listener that may listen no longer gets nothing more, and its stream ends', async () => {
  const { open, say, steps, expire, taken } = await serve()
  say('a', 1)
  const [one, other] = [await open('a?token=1'), await open('a')]
  await Promise.all([heard(one, 1), heard(other, 1)])
  say('a', 2)
  steps(4)
  await Promise.all([heard(one, 2), heard(other, 2)])
  expire()
  say('a', 3)
  steps(4)
  expect(await one.ended).toBe('whole')
  await heardInTime(other, 3, steps)
  expect([numbersOf(one), numbersOf(other)]).toEqual([
    [1, 2],
    [1, 2, 3],
  ])
  expect(taken()).toBe(1)
})

test('a listener that may listen no longer is ended by the next heartbeat, when there is nothing to say', async () => {
  const { open, say, steps, expire } = await serve()
  say('a', 1)
  const stream = await open('a?token=1')
  await heard(stream, 1)
  expire()
  // Fifteen seconds.
  steps(61)
  expect(await stream.ended).toBe('whole')
})

test('the connection of a stream that has ended serves the next request', async () => {
  const { url, say, end } = await serve()
  say('a', 1)
  end(1)
  const connection = await openConnection(url)
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: here\r\n\r\n`
  connection.send(get('/short') + get('/a') + get('/short'))
  expect((await connection.answer()).body).toBe('short')
  await until('both others are answered', () => connection.received().endsWith('\r\n\r\nshort'))
  expect(connection.received()).toMatch(/data: \{"number":1.*\n\n\r\n0\r\n\r\nHTTP\/1.1 200 OK\r\n/)
})

test('a client of HTTP/1.0 gets text until its connection ends', async () => {
  const { url, say, steps, end, taken } = await serve()
  say('a', 1)
  const connection = await openConnection(url)
  connection.send('GET /a HTTP/1.0\r\n\r\n')
  await until('it listens', () => taken() === 1)
  end(2)
  say('a', 2)
  steps(4)
  await connection.closed
  const text = connection.received()
  expect(text).toContain('\n\nid: 2\nevent: number\ndata: {"number":2,"padding":""}\n\n')
  expect(text).not.toContain('transfer-encoding')
})

test('closing ends every stream whole; who comes later gets the present event, and an end', async () => {
  const { open, say, hub, server } = await serve()
  say('a', 1)
  const [one, other] = [await open('a'), await open('a')]
  await Promise.all([heard(one, 1), heard(other, 1)])
  const closed = server.close(60_000, 50)
  hub.close()
  expect(await Promise.all([one.ended, other.ended])).toEqual(['whole', 'whole'])
  const late = await open('a')
  expect([await late.ended, numbersOf(late)]).toEqual(['whole', [1]])
  await closed
})

test('a process has a bounded number of streams, and so has an address, which holds up no other', async () => {
  const { open, say } = await serve({ listenersMax: 5 })
  say('a', 1)
  const from = async (address: string) => (await open('a', { from: address })).status
  expect([await from('127.0.0.2'), await from('127.0.0.2'), await from('127.0.0.2')]).toEqual([200, 200, 503])
  expect([await from('127.0.0.3'), await from('127.0.0.4'), await from('127.0.0.5')]).toEqual([200, 200, 200])
  expect(await from('127.0.0.6')).toBe(503)
  streams[0]?.leave()
  await until('a place is free', async () => (await from('127.0.0.6')) === 200)
})

test('a hundred topics are brought to their listeners in turns that others come in between', async () => {
  const { open, say, steps, made } = await serve()
  const topics = Array.from({ length: 100 }, (_, place) => `topic-${place}`)
  for (const topic of topics) say(topic, 1)
  const all = await Promise.all(topics.map((topic) => open(topic)))
  for (const topic of topics) say(topic, 2)
  made.length = 0
  steps(4)
  // What was done before the next turn is bounded.
  expect(made.length).toBeLessThan(topics.length)
  for (const stream of all) await heardInTime(stream, 2, steps)
  expect(made).toHaveLength(topics.length)
})

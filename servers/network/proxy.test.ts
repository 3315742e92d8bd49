import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createDelayLine } from './delay-line.ts'
import { createProxy, type Proxy } from './proxy.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

/** A server that echoes what it receives, after its name. */
const startServer = async (name: string): Promise<Server & { port: number; received: string[] }> => {
  const received: string[] = []
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      received.push(String(bytes))
      server.emit('received', String(bytes))
      socket.write(`${name}:${String(bytes)}`)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => server.close())
  return Object.assign(server, { port: (server.address() as AddressInfo).port, received })
}
const startProxy = async (port: number): Promise<Proxy> => {
  const proxy = await createProxy({ host: '127.0.0.1', port })
  ends.push(proxy.close)
  return proxy
}
const open = async (port: number): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('error', () => undefined)
  ends.push(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}
/** Reads until the text is this long. */
const readText = async (socket: Socket, length: number): Promise<string> => {
  let text = ''
  while (text.length < length) text += String((await once(socket, 'data'))[0])
  return text
}
const ask = async (socket: Socket, word: string, answer: string): Promise<string> => {
  socket.write(word)
  return readText(socket, answer.length)
}

/** Resolves after an end or a reset. */
const closed = (socket: Socket): Promise<unknown> => new Promise((resolve) => socket.once('close', resolve))

describe('a delay', () => {
  test('holds back answers for its time, and lets requests through', async () => {
    const server = await startServer('first')
    const proxy = await startProxy(server.port)
    const socket = await open(proxy.port)
    expect(await ask(socket, 'a', 'first:a')).toBe('first:a')
    proxy.delay(300)
    const fromMs = performance.now()
    const arrived = new Promise((resolve) => server.once('received', resolve))
    const answer = ask(socket, 'b', 'first:b')
    expect(await Promise.race([answer, arrived])).toBe('b')
    expect(await answer).toBe('first:b')
    expect(performance.now() - fromMs).toBeGreaterThanOrEqual(299)
    proxy.delay(0)
    expect(await ask(socket, 'c', 'first:c')).toBe('first:c')
  })

  test('that has ended is not overtaken by later bytes', async () => {
    let milliseconds = 200
    const line = createDelayLine(() => milliseconds)
    let text = ''
    line.on('data', (piece) => (text += String(piece)))
    line.write('a')
    milliseconds = 0
    line.write('b')
    line.end('c')
    await once(line, 'end')
    expect(text).toBe('abc')
  })

  test('delivers its answers even when the server has disconnected', async () => {
    const server = await startServer('first')
    server.on('connection', (socket) => socket.once('data', () => socket.end()))
    const proxy = await startProxy(server.port)
    proxy.delay(100)
    const socket = await open(proxy.port)
    expect(await ask(socket, 'a', 'first:a')).toBe('first:a')
    await closed(socket)
  })
})

describe('a redirect', () => {
  test('resets every connection and connects new ones to the other server', async () => {
    const [first, second] = [await startServer('first'), await startServer('second')]
    const proxy = await startProxy(first.port)
    const before = await open(proxy.port)
    expect(await ask(before, 'a', 'first:a')).toBe('first:a')
    const reset = closed(before)
    proxy.redirect({ host: '127.0.0.1', port: second.port })
    await reset
    const after = await open(proxy.port)
    expect(await ask(after, 'b', 'second:b')).toBe('second:b')
    expect(first.received).toEqual(['a'])
  })

  test('during a cut takes effect when the link is restored', async () => {
    const [first, second] = [await startServer('first'), await startServer('second')]
    const proxy = await startProxy(first.port)
    proxy.cut()
    proxy.redirect({ host: '127.0.0.1', port: second.port })
    const refused = connect({ port: proxy.port, host: '127.0.0.1' }).on('error', () => undefined)
    await closed(refused)
    proxy.restore()
    expect(await ask(await open(proxy.port), 'a', 'second:a')).toBe('second:a')
  })
})

describe('a cut', () => {
  test('ends a connection whose server has closed while its answer is delayed', async () => {
    const server = await startServer('first')
    server.on('connection', (accepted: Socket) => accepted.on('data', () => accepted.end()))
    const gone = once(server, 'connection').then(([accepted]) => closed(accepted as Socket))
    const proxy = await startProxy(server.port)
    proxy.delay(60_000)
    const socket = await open(proxy.port)
    const isClosed = closed(socket.resume())
    socket.write('a')
    await gone
    expect(socket.destroyed).toBe(false)
    proxy.cut()
    await isClosed
  })
})

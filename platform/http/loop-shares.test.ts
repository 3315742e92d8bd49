import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createLoopShares, startsInTurnMax } from './loop-shares.ts'
import type { Exchange } from './turns.ts'

const openShares = () => {
  const started: string[] = []
  let disconnected = 0
  const urls = new Map<Exchange, string>()
  const shares = createLoopShares({
    start: (exchange) => void started.push(urls.get(exchange) ?? ''),
    onDisconnected: () => (disconnected += 1),
  })
  const ask = (url: string, client?: string) => {
    const socket = { destroyed: false }
    const exchange = { request: { socket }, response: {}, client: undefined } as unknown as Exchange
    urls.set(exchange, url)
    shares.take(exchange, client)
    return { leave: () => (socket.destroyed = true) }
  }
  return { started, ask, disconnected: () => disconnected }
}
const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => String(from + index))

test('an address starts few requests in a turn, and the others in later turns, in order', async () => {
  const { started, ask } = openShares()
  const all = range(0, 3 * startsInTurnMax)
  for (const url of all) ask(url, 'flood')
  expect(started).toEqual(range(0, startsInTurnMax))
  await turn()
  // A newcomer of the same address comes behind those who wait.
  ask('last', 'flood')
  expect(started).toEqual(range(0, 2 * startsInTurnMax))
  await turn()
  expect(started).toEqual(all)
  await turn()
  expect(started).toEqual([...all, 'last'])
})

test('other addresses, and those that are not counted, start at once', () => {
  const { started, ask } = openShares()
  for (const url of range(0, 2 * startsInTurnMax)) ask(url, 'flood')
  ask('other', 'other')
  for (let count = 0; count < 2 * startsInTurnMax; count += 1) ask('own')
  expect(started.slice(startsInTurnMax)).toEqual(['other', ...Array(2 * startsInTurnMax).fill('own')])
})

test('who asks in every turn and waits for the answers is never delayed', async () => {
  const { started, ask } = openShares()
  for (let count = 1; count <= 5; count += 1) {
    for (const url of range(0, startsInTurnMax)) ask(url, 'busy')
    expect(started).toHaveLength(count * startsInTurnMax)
    await turn()
    await turn()
  }
})

test('a request whose client left while it waited is not started, and is counted', async () => {
  const { started, ask, disconnected } = openShares()
  for (const url of range(0, startsInTurnMax)) ask(url, 'flood')
  ask('leaving', 'flood').leave()
  ask('staying', 'flood')
  await turn()
  expect(started.slice(startsInTurnMax)).toEqual(['staying'])
  expect(disconnected()).toBe(1)
})

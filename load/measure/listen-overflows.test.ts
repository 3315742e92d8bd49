import { expect, test } from 'vitest'
import { countListenOverflows, parseListenCounts } from './listen-overflows.ts'

const netstat = (names: string, values: string) =>
  `TcpExt: SyncookiesSent ${names} TCPHPHits\nTcpExt: 1 ${values} 4\nIpExt: InNoRoutes\nIpExt: 9\n`

test.each([
  ['both counts', netstat('ListenOverflows ListenDrops', '17 23'), { overflows: 17, drops: 23 }],
  ['them in another order', netstat('ListenDrops ListenOverflows', '23 17'), { overflows: 17, drops: 23 }],
  ['nothing where one is missing', netstat('ListenOverflows', '17'), undefined],
  ['nothing where the values are missing', 'TcpExt: ListenOverflows ListenDrops\n', undefined],
  ['nothing of an empty file', '', undefined],
])('reads %s', (_, text, counts) => {
  expect(parseListenCounts(text)).toEqual(counts)
})

test('the counts of this machine say nothing about a server elsewhere', async () => {
  const { result, added } = await countListenOverflows('http://192.0.2.1:8080', () => Promise.resolve('done'))
  expect([result, added]).toEqual(['done', undefined])
})

import { expect, test } from 'vitest'
import { trustedPeers } from './trusted-peers.ts'

test.each([
  ['10.0.0.7', ['10.0.0.7', '::ffff:10.0.0.7'], ['10.0.0.8', '::ffff:10.0.0.8', '::10.0.0.7']],
  ['10.1.0.0/16', ['10.1.0.0', '10.1.255.255'], ['10.0.255.255', '10.2.0.0']],
  ['10.1.2.3/8', ['10.255.0.1'], ['11.0.0.1']],
  ['10.0.0.7/32', ['10.0.0.7'], ['10.0.0.6']],
  ['fd00::/64', ['fd00::1', 'fd00:0:0:0:ffff::'], ['fd00:0:0:1::', 'fd01::1']],
  ['fd00::7/128', ['fd00::7', 'fd00:0:0:0:0:0:0:7'], ['fd00::8']],
  [' 10.0.0.7 , fd00::7 ', ['10.0.0.7', 'fd00::7'], ['10.0.0.8']],
  ['127.0.0.1', ['127.0.0.1', '::ffff:127.0.0.1'], ['127.0.0.2', '::1']],
])('%s trusts %j and not %j', (text, trusted, others) => {
  const peers = trustedPeers.parse(text)
  // Each twice, and among others: the last answer is kept.
  for (const address of [...trusted, ...others, ...trusted, ...trusted])
    expect([address, peers.has(address)]).toEqual([address, trusted.includes(address)])
  expect(peers.has(undefined)).toBe(false)
})

test.each([
  '',
  ' ',
  'gateway',
  '10.0.0',
  '10.0.0.7,',
  '10.0.0.7 10.0.0.8',
  '10.0.0.0/0',
  '::/0',
  '10.0.0.0/33',
  'fd00::/129',
  '10.0.0.0/',
  '10.0.0.0/-1',
  '10.0.0.0/8/8',
  '10.0.0.7:80',
  '[fd00::7]',
  'fe80::1%eth0',
  '*',
  Array.from({ length: 101 }, (_, at) => `10.0.0.${at}`).join(),
])('%j is no list of addresses', (text) => {
  expect(trustedPeers.safeParse(text).error?.issues[0]?.message).toMatch(/^expected addresses or networks/)
})

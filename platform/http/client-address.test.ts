import { expect, test } from 'vitest'
import { clientOf, forwardedAddressOf } from './client-address.ts'

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['10.0.0.1', '10.0.0.1'],
  ['127.0.0.2', '127.0.0.2'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:db8::', '2001:db8:0:0::/64'],
  ['::2', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('the client of %s is %s', (address, client) => {
  expect(clientOf(address)).toBe(client)
})

test.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '', 'unknown', '_hidden', '203.0.113', undefined])(
  'no bound counts %s',
  (address) => {
    expect(clientOf(address)).toBeUndefined()
  },
)

test.each([
  ['203.0.113.7', 1, '203.0.113.7'],
  ['a lie, 203.0.113.7', 1, '203.0.113.7'],
  ['203.0.113.7, 10.0.0.1', 2, '203.0.113.7'],
  ['a lie,another,203.0.113.7,10.0.0.2,10.0.0.1', 3, '203.0.113.7'],
  ['203.0.113.7', 3, '203.0.113.7'],
  ['203.0.113.7:51234', 1, '203.0.113.7'],
  ['[2001:db8::1]:51234', 1, '2001:db8::1'],
  ['[2001:db8::1]', 1, '2001:db8::1'],
  ['2001:db8::1', 1, '2001:db8::1'],
  ['a lie,', 1, ''],
  [',', 2, ''],
  ['', 1, ''],
])('of %j, behind %i proxies, the client is %j', (header, proxies, address) => {
  expect(forwardedAddressOf(header, proxies)).toBe(address)
})

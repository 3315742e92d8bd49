import { expect, test } from 'vitest'
import type { HttpContext } from '../route.ts'
import { changeOriginOf } from './change-origin.ts'

const context = { env: { incoming: {} } } as unknown as HttpContext

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['2001:db8::1', '2001:db8::1'],
  ['::ffff:255.255.255.255', '::ffff:255.255.255.255'],
  ['fe80::1%eth0', 'fe80::1'],
  [`fe80::1%${'a'.repeat(1_000)}`, 'fe80::1'],
  ['1111:2222:3333:4444:5555:6666:255.255.255.255', '1111:2222:3333:4444:5555:6666:255.255.255.255'],
  ['', 'unknown'],
  ['nonsense', 'unknown'],
  [undefined, 'unknown'],
])('a change from %s is recorded as one from %s', (address, from) => {
  expect(changeOriginOf(context, { name: 'ann' }, () => address)).toEqual({ by: 'ann', from })
})

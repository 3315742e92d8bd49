import { describe, expect, test } from 'vitest'
import type { StoredLetter } from '../../coupon/log/dead-letter.ts'
import { encodeGrant } from '../../coupon/log/log-record.ts'
import {
  letteredGrant as grant,
  storedLetterOf as letterOf,
} from '../../test/harness/values/stored-letters.ts'
import { showDocument, showText } from './show.ts'

describe('show', () => {
  const found = (changes: Partial<StoredLetter>) => ({ letter: letterOf(changes), redriven: undefined })

  test('has grant, origin, state and advice', () => {
    const redriven = {
      letter: { partition: 0, offset: 17 },
      to: { partition: 2, offset: 99 },
      time: '2026-11-22T10:00:00.000Z',
    }
    const letter = letterOf({ redrives: 2, redriveOf: { partition: 0, offset: 12 } })
    const text = showText({ letter, redriven })
    for (const [name, value] of [
      ['letter', '0:17 of coupon.grants.dlq.v1'],
      ['origin', '2:1234 of coupon.grants.v1, appended 2023-11-14T22:13:20.000Z'],
      ['redrives', '2, last from 0:12'],
      ['state', 'redriven 2026-11-22T10:00:00.000Z to 2:99'],
      ['key', 'none'],
      ['  rank', '7'],
      ['  userId', 'user-1'],
      ['advice', 'It reached the log after'],
    ])
      expect(text).toMatch(new RegExp(`^${name} +${value}`, 'm'))
    expect(showDocument({ letter, redriven })).toMatchObject({
      id: '0:17',
      redrives: 2,
      redriveOf: '0:12',
      grant,
      key: null,
      redriven: { to: '2:99', time: redriven.time },
      value: { text: encodeGrant(grant) },
    })
  })

  test('has bytes that are not text as base64', () => {
    const bytes = Buffer.from([0xff, 0x00, 0xfe])
    const letter = found({ value: bytes, key: bytes })
    expect(showText(letter)).toMatch(/^value +3 bytes, not text, as base64: \/wD\+$/m)
    expect(showDocument(letter)).toMatchObject({
      grant: null,
      value: { bytes: 3, base64: '/wD+' },
      key: { bytes: 3, base64: '/wD+' },
    })
  })

  test('cuts a value of a megabyte in text, not in JSON', () => {
    const letter = found({ value: Buffer.alloc(1_000_000, 'x'), reason: 'of a later version' })
    expect(showText(letter).length).toBeLessThan(12_000)
    expect(showText(letter)).toContain('--json has all of it')
    expect(showDocument(letter)).toMatchObject({ value: { text: 'x'.repeat(1_000_000) } })
  })

  test('has a time that no date can hold as the number that it is', () => {
    const origin = { ...letterOf().origin, timestampMs: 9_223_372_036_854_775_000 }
    expect(showText(found({ origin }))).toContain('appended 9223372036854775000 ms')
    expect(showDocument(found({ origin }))).toMatchObject({ origin: { timestamp: null } })
  })
})

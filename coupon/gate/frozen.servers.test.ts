import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { RedisClient } from '../../platform/redis.ts'
import { armGate, openRedis } from '../../test/harness/values/armed-gate.ts'
import { termsAndEdited } from '../../test/harness/values/campaign-terms.ts'
import type { CampaignTerms } from '../campaign.ts'
import { findTaken } from '../campaigns/frozen-terms.ts'
import { packSettings } from './gate-settings.ts'
import { gateKey } from './keys.ts'
import { applyScript } from './scripts.ts'

let redis: RedisClient
beforeAll(async () => {
  redis = await openRedis(inject('gatesRedisUrl'))
})
afterAll(() => redis.close())

const minuteMs = 60_000
const names = ['state', 'stock', 'opensAtMs', 'closesAtMs', 'perUserLimit', 'version', 'document']

/** What a gate with `before` answers to `after`, with every part that it may name. */
const offer = async (
  [before, after]: readonly [CampaignTerms, CampaignTerms],
  fields: Record<string, string | number> = {},
): Promise<string> => {
  const armed = await armGate(redis, { version: 1 })
  const settingsOf = (terms: CampaignTerms, version: number): (string | number)[] =>
    packSettings({ ...terms, version, state: 'open' })
  const old = settingsOf(before, 1)
  await armed.set({ ...Object.fromEntries(names.map((name, at) => [name, old[at] ?? ''])), ...fields })
  const content = await armed.content()
  const [code, part] = (await redis.run(applyScript, [gateKey(armed.id)], settingsOf(after, 2))) as [
    string,
    string,
  ]
  if (code === 'FROZEN') expect(await armed.content()).toEqual(content)
  else expect((await armed.fields())['version']).toBe('2')
  return code === 'FROZEN' ? `/${part.replace('.', '/')}` : code
}

describe('a gate that has opened', () => {
  test('refuses exactly what an operator is told is frozen, and writes nothing then', async () => {
    await fc.assert(
      fc.asyncProperty(termsAndEdited(Date.now() - minuteMs), async (pair) => {
        const pointers = findTaken(...pair).map(({ pointer }) => pointer)
        const answer = await offer(pair)
        if (pointers.length === 0) expect(answer).toBe('OK')
        else expect(pointers).toContain(answer)
      }),
      { numRuns: 300 },
    )
  })

  test('is one with a grant too, although its clock is before the opening', async () => {
    const opensAtMs = Date.now() + 60 * minuteMs
    const [[terms]] = fc.sample(termsAndEdited(opensAtMs), { numRuns: 1, seed: 1 }) as [
      [CampaignTerms, CampaignTerms],
    ]
    const fewer = [
      { ...terms, stock: 3 },
      { ...terms, stock: 2 },
    ] as const
    expect(await offer(fewer, { granted: 1 })).toBe('/stock')
    expect(await offer(fewer)).toBe('OK')
  })
})

test('a gate that has not opened takes any settings', async () => {
  const pairs = termsAndEdited(Date.now() + 60 * minuteMs)
  await fc.assert(
    fc.asyncProperty(pairs, async (pair) => {
      expect(await offer(pair)).toBe('OK')
    }),
    { numRuns: 50 },
  )
})

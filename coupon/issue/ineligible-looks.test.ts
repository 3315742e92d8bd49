import { expect, test } from 'vitest'
import { createBound } from '../../platform/group-commit.ts'
import type { Registry } from '../campaigns/registry.ts'
import { createIneligibleLooks, type IneligibleLooksOptions } from './ineligible-looks.ts'

test('a look costs the same however many campaigns were looked at before it', async () => {
  let asked = 0
  const registry = {
    known() {
      asked += 1
      return { view: { epoch: 1 } }
    },
  } as unknown as Registry
  const gate: IneligibleLooksOptions['gate'] = {
    look: async (_, __, holders) => ({ kind: 'looked', nowMs: 0, found: holders.map(() => undefined) }),
  }
  const looks = createIneligibleLooks({ gate, registry, queueBound: createBound(10), batchSizeMax: 10 })
  const look = (campaign: number) => looks.look(`campaign-${campaign}`, { userId: 'user', slot: 1 })
  for (let campaign = 0; campaign < 1_500; campaign += 1) await look(campaign)
  asked = 0
  for (let time = 0; time < 10; time += 1) await look(time)
  expect(asked).toBe(10)
})

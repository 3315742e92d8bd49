import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Audited, notPassed, openAudited } from '../../test/harness/shop/audited-sale.ts'
import { armGate } from '../../test/harness/values/armed-gate.ts'
import { newGrant } from '../../test/harness/values/grants.ts'
import { createCampaignRepository } from '../ledger/campaigns.ts'
import { encodeGrant } from '../log/log-record.ts'
import { grantsTopic } from '../log/topics.ts'

let audited: Audited
beforeAll(async () => {
  audited = await openAudited()
})
afterAll(() => audited.close())

test('the log is read from where it stood when the campaign was first armed', async () => {
  const { database, redis, topic } = audited
  const { id } = await database.createCampaign({ stock: 10 })
  // No gate made this grant: an audit that reads it finds it.
  const append = () =>
    topic.producer.append(grantsTopic, 1, [{ value: encodeGrant(newGrant({ id }, { rank: 7 })) }])
  await append()
  await database.change('UPDATE ledger_positions SET next_offset = 1 WHERE partition_id = 1')
  await createCampaignRepository(database.database).cut(id, 0, undefined)
  await armGate(redis.redis, { id, stock: 10 })
  const { result } = await audited.sale({ stock: 10 })
  const before = await result(undefined, id)
  expect([notPassed(before), before.books.records]).toEqual([{}, 0])
  await append()
  const after = await result(undefined, id)
  expect([notPassed(after), after.books.records]).toMatchObject([{ 'only-in-log': 'fail' }, 1])
})

import { expect, test } from 'vitest'
import { describeStrangers, type IdentityCarrier } from './identity.ts'

const [mine, other] = ['0199aaaa-0000-7000-8000-000000000001', '0199aaaa-0000-7000-8000-000000000002']

test.each<[string, [IdentityCarrier, string][], string | undefined]>([
  [
    'one deployment',
    [
      ['database', mine],
      ['Kafka', mine],
      ['Redis', mine],
    ],
    undefined,
  ],
  ['nothing known', [], undefined],
  [
    'a database of another deployment',
    [
      ['database', other],
      ['Kafka', mine],
      ['Redis', mine],
    ],
    `database (DATABASE_URL) belongs to deployment ${other}, but Kafka (KAFKA_BROKERS) and Redis (REDIS_URL) belong to ` +
      `deployment ${mine}: correct the address that is wrong; nothing was read or written`,
  ],
  [
    'a Redis of another deployment',
    [
      ['database', mine],
      ['Redis', other],
    ],
    `database (DATABASE_URL) belongs to deployment ${mine}, but Redis (REDIS_URL) belongs to deployment ${other}: ` +
      'correct the address that is wrong; nothing was read or written',
  ],
])('%s is one sentence that says whose each server is', (_, ids, sentence) => {
  expect(describeStrangers(new Map(ids))).toBe(sentence)
})

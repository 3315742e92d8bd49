import { expect, test } from 'vitest'
import { Failure } from '../../platform/failure.ts'
import { createLogger } from '../../platform/log/logger.ts'
import type { Examination } from './finding.ts'
import { createRecentExamination } from './recent-examination.ts'

const examination: Examination = { place: 'Redis', address: 'here', isRead: true, findings: [] }

const open = (examine: () => Promise<Examination[]>) => {
  const clock = { ms: 0, asked: 0 }
  const recent = createRecentExamination({
    examine() {
      clock.asked += 1
      return examine()
    },
    ...{ log: createLogger('test', 'silent'), rememberMs: 10, timeoutMs: 1 },
    ...{ now: () => 1_000 + clock.ms, monotonicMs: () => clock.ms },
  })
  return { clock, recent }
}

test('all who ask share one examination, and its result for a while', async () => {
  const { clock, recent } = open(async () => [examination])
  const results = await Promise.all([recent.read(), recent.read()])
  expect(results).toMatchObject([{ atMs: 1_000 }, { examinations: [examination] }])
  clock.ms = 10
  expect(await recent.read()).toMatchObject({ atMs: 1_000 })
  expect(clock.asked).toBe(1)
  clock.ms = 11
  expect(await recent.read()).toMatchObject({ atMs: 1_011 })
  expect(clock.asked).toBe(2)
})

test('fifty who ask once a minute and take an answer of 50 s cost little more than one', async () => {
  const { clock, recent } = open(async () => [examination])
  const minutes = 10
  for (clock.ms = 0; clock.ms < minutes * 60_000; clock.ms += 60_000 / 50) await recent.read(50_000)
  expect(clock.asked).toBeLessThanOrEqual(1.2 * minutes)
  // Who wants it newer gets it newer.
  expect(await recent.read()).toMatchObject({ atMs: 1_000 + minutes * 60_000 })
})

test('servers that do not answer hold nobody up, and are not asked twice at a time', async () => {
  const { promise, resolve } = Promise.withResolvers<Examination[]>()
  const { clock, recent } = open(() => promise)
  expect(await recent.read()).toBeUndefined()
  expect(await recent.read()).toBeUndefined()
  expect(clock.asked).toBe(1)
  resolve([examination])
  await promise
  expect(await recent.read()).toMatchObject({ examinations: [examination] })
})

test('an examination that fails is not known, and is tried again', async () => {
  const answers = [Promise.reject(new Failure('defect', 'a bug')), Promise.resolve([examination])]
  const { recent } = open(() => answers.shift() ?? Promise.resolve([]))
  expect(await recent.read()).toBeUndefined()
  expect(await recent.read()).toMatchObject({ examinations: [examination] })
})

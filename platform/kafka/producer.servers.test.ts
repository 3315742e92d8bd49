import { afterEach, beforeEach, expect, test } from 'vitest'
import { createOwnTopic, type OwnTopic } from '../../test/harness/servers/own-topic.ts'
import { until } from '../../test/harness/values/until.ts'

let topic: OwnTopic
beforeEach(async () => {
  topic = await createOwnTopic({ requestTimeoutMs: 500 })
})
afterEach(() => topic.close())
const append = (partition: number, ...values: string[]): Promise<number> =>
  topic.producer.append(
    '',
    partition,
    values.map((value) => ({ value })),
  )
const unavailable = { code: 'unavailable' }

test('records are appended to the given partition in order; the offset of the first is returned', async () => {
  expect(await append(1, 'a', 'b', 'c')).toBe(0)
  expect(await append(2, 'd')).toBe(0)
  expect(await append(1, 'e')).toBe(3)
  expect(
    (await topic.records()).map(({ partition, offset, value }) => `${partition} ${offset} ${String(value)}`),
  ).toEqual(['1 0 a', '1 1 b', '1 2 c', '1 3 e', '2 0 d'])
})

test('values, keys and headers are stored byte by byte, also null and empty ones', async () => {
  const bytes = Buffer.from([0x00, 0xff, 0x22, 0x0a])
  await topic.producer.append('', 0, [
    { value: bytes, key: bytes, headers: { reason: 'ä', empty: '' } },
    { value: null, key: null },
    { value: '', key: Buffer.alloc(0) },
  ])
  expect((await topic.records()).map(({ value, key, headers }) => [value, key, headers])).toEqual([
    [bytes, bytes, { reason: 'ä', empty: '' }],
    [null, null, {}],
    [Buffer.alloc(0), Buffer.alloc(0), {}],
  ])
})

test('a partition that does not exist is unavailable', async () => {
  await expect(append(3, 'a')).rejects.toMatchObject(unavailable)
})

test('while Kafka is unreachable an append fails in time, and works once Kafka is back', async () => {
  topic.proxy.cut()
  await expect(append(0, 'lost')).rejects.toMatchObject(unavailable)
  topic.proxy.restore()
  await until('Kafka is back', () => append(0, 'first').then(() => true))
  topic.proxy.cut()
  await expect(append(0, 'lost')).rejects.toMatchObject(unavailable)
  topic.proxy.restore()
  await until('Kafka is back', () => append(0, 'second').then(() => true))
  expect((await topic.records()).map(({ value }) => String(value))).toEqual(['first', 'second'])
})

test('while Kafka stalls an append fails in time; its records may still be written', async () => {
  await append(0, 'warm')
  topic.proxy.hold('answers')
  await expect(append(0, 'unknown')).rejects.toMatchObject(unavailable)
  topic.proxy.release()
  await until('Kafka is back', () => append(0, 'after').then(() => true))
  const values = (await topic.records()).map(({ value }) => String(value))
  expect(new Set(values)).toEqual(new Set(['warm', 'unknown', 'after']))
})

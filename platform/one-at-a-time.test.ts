import { expect, test } from 'vitest'
import { createOneAtATime } from './one-at-a-time.ts'

test('work runs in order and never twice at once, also after a failure', async () => {
  const run = createOneAtATime(10)
  const events: string[] = []
  const work = (name: string) => async () => {
    events.push(`${name} begins`)
    await Promise.resolve()
    events.push(`${name} ends`)
    if (name === 'b') throw new Error('b failed')
    return name
  }
  const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => run(work(name))))
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(events).toEqual(['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} ends`]))
})

test('work is refused while as much waits as may, and taken again afterwards', async () => {
  const run = createOneAtATime(1)
  const gate = Promise.withResolvers<void>()
  const [running, waiting] = [run(() => gate.promise), run(async () => 'done')]
  await expect(run(async () => 'too much')).rejects.toMatchObject({ code: 'overloaded' })
  gate.resolve()
  await running
  expect(await waiting).toBe('done')
  expect(await run(async () => 'again')).toBe('again')
})

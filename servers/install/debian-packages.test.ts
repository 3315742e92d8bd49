import { expect, test } from 'vitest'
import { LaunchError } from '../launch-error.ts'
import { whenUnlocked } from './debian-packages.ts'

const locked = new LaunchError(
  'apt-get update\n  exited with code 100 (apt-get-update.log):\n' +
    '    E: Could not get lock /var/lib/apt/lists/lock. It is held by process 3776 (apt-get)',
)

/** An apt-get that fails so often, and what is waited for meanwhile. */
const failing = (times: number, fault: Error) => {
  const waits: number[] = []
  let runs = 0
  return {
    waits,
    runs: () => runs,
    run: async () => {
      runs += 1
      if (runs <= times) throw fault
    },
    wait: async (ms: number) => void waits.push(ms),
  }
}

test('two installations at once: the one that finds a lock of the other waits for it', async () => {
  const { run, runs, wait, waits } = failing(3, locked)
  await whenUnlocked(run, { timeoutMs: 5_000, wait })
  expect([runs(), waits]).toEqual([4, [1_000, 1_000, 1_000]])
})

test('a lock that stays is an error in the end', async () => {
  const { run, runs, wait } = failing(100, locked)
  await expect(whenUnlocked(run, { timeoutMs: 5_000, wait })).rejects.toBe(locked)
  expect(runs()).toBe(6)
})

test('any other failure of apt-get is an error at once', async () => {
  const other = new LaunchError('E: Unable to locate package redis-server')
  const { run, runs, wait } = failing(100, other)
  await expect(whenUnlocked(run, { timeoutMs: 5_000, wait })).rejects.toBe(other)
  expect(runs()).toBe(1)
})

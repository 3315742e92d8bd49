import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, describe, expect, inject, test } from 'vitest'
import { scrape } from '../harness/metrics/metric-text.ts'
import { expectExact, gatherCrowd } from '../harness/processes/crowd.ts'
import { ask, createTestCampaign } from '../harness/processes/http-client.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'
import { openStoredFacts } from '../harness/values/stored-facts.ts'
import { until } from '../harness/values/until.ts'

let api: Running | undefined
afterEach(() => api?.stop())

/** The processes that took up the port so far, first to last. */
const pidsOf = ({ logFile }: Running): number[] =>
  readFileSync(logFile, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"the API is listening"'))
    .map((line) => Number(JSON.parse(line).pid))

describe('several processes on one port', () => {
  test('both sell; one that is killed under load loses nothing and is replaced', async () => {
    api = await startPart(
      'api',
      { ...inject('environment'), API_PROCESSES: '2' },
      { folder: inject('folder'), waitFor: 'ready' },
    )
    const running = api
    const pids = await until('both listen', () => pidsOf(running).length === 2 && pidsOf(running))
    expect(pids).not.toContain(running.pid)
    const stock = 3_000
    const campaignId = await createTestCampaign(api.url, { stock })
    const crowd = gatherCrowd({ urls: [api.url], campaignId, people: 16, pauseMs: 0 })
    await crowd.goesOn(200)
    process.kill(pids[0] ?? 0, 'SIGKILL')
    await crowd.goesOn(200)
    await until('another took its place', () => pidsOf(running).length === 3)
    await crowd.goesOn(200)
    await until('it is sold out', () => crowd.pressed.at(-1)?.status === 409)
    await crowd.end()
    // Those whose connection was with the one that died had to try again; those of the other did not notice.
    const broken = crowd.faults.get('ECONNRESET') ?? 0
    expect(broken).toBeGreaterThan(0)
    expect(broken).toBeLessThan(16)
    const stored = openStoredFacts()
    await expectExact(stored, campaignId, stock, crowd.pressed)
    await stored.close()
    // Whom a scrape asks, and whom a balancer may meet: both, and not the one that is gone.
    await until('the metrics say that both are ready', async () => {
      const ready = (await scrape(running.metricsUrl)).by('firstcome_ready', 'check')
      return ready['warm'] === 1
    })
    for (let probe = 0; probe < 10; probe += 1)
      expect((await ask(`${running.url}/readyz`, { headers: { connection: 'close' } })).status).toBe(200)

    await api.stop()
    expect(await api.exited).toEqual({ code: 0, signal: null })
    for (const pid of pidsOf(api)) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  test('they exit at once, and say why, when another program has their port', async () => {
    const stranger = createServer((socket) => socket.destroy())
    // One that would share it, as another deployment of ours does.
    stranger.listen({ host: '127.0.0.1', port: 0, reusePort: true })
    await once(stranger, 'listening')
    const { port } = stranger.address() as AddressInfo
    const settings = { ...inject('environment'), API_PROCESSES: '2' }
    const started = startPart('api', settings, { folder: inject('folder'), waitFor: 'live', port })
    await expect(started).rejects.toThrow(/EADDRINUSE/)
    stranger.close()
  })
})

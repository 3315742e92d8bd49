import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Examination } from '../../coupon/requirements/finding.ts'
import { createTestCampaign, newUser, press } from '../harness/processes/http-client.ts'
import { runCommand, type Said } from '../harness/processes/run-command.ts'
import { type Running, startPart } from '../harness/processes/start-part.ts'
import { type SecuredServers, startSecuredServers } from '../harness/servers/secured-servers.ts'
import { until } from '../harness/values/until.ts'

let servers: SecuredServers
let [api, worker]: Running[] = []

const run = (main: string, words: readonly string[], changes: Record<string, string> = {}): Promise<Said> =>
  runCommand(main, words, { ...servers.environment, ...changes })

beforeAll(async () => {
  servers = await startSecuredServers('secured')
  const migrated = await run('migrations/main.ts', [])
  if (migrated.code !== 0) throw new Error(migrated.stderr)
  const start = (part: 'api' | 'worker'): Promise<Running> =>
    startPart(part, servers.environment, { folder: inject('folder'), waitFor: 'ready' })
  ;[api, worker] = await Promise.all([start('api'), start('worker')])
}, 180_000)
afterAll(async () => {
  await Promise.all([api?.stop(), worker?.stop()])
  await servers?.stop()
})

const auditOf = async (campaignId: string, changes: Record<string, string> = {}): Promise<Said> => {
  let said: Said | undefined
  await until('the audit decides', async () => {
    said = await run('commands/audit/main.ts', [campaignId], changes)
    return said.code !== 3
  })
  return said as unknown as Said
}

describe('servers that answer over TLS alone, and to users with a password', () => {
  test('a press becomes a row, and its audit passes', async () => {
    const url = api?.url ?? ''
    const campaignId = await createTestCampaign(url, { stock: 3 })
    for (let rank = 1; rank <= 3; rank += 1)
      expect(await press(url, campaignId, newUser())).toMatchObject({ status: 201, body: { rank } })
    expect((await press(url, campaignId, newUser())).status).toBe(409)
    const { code, stdout, stderr } = await auditOf(campaignId)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/PASS/)
  })

  test.each(['plain', 'scram-sha-256', 'SCRAM-SHA-512'])('Kafka accepts a user by %s', async (mechanism) => {
    expect(await run('commands/dlq/main.ts', ['list'], { KAFKA_SASL_MECHANISM: mechanism })).toMatchObject({
      code: 0,
      stderr: '',
    })
  })

  test.each(['api', 'worker', 'migrations', 'doctor', 'audit'])(
    'no password is in what %s says',
    async (part) => {
      const said =
        part === 'api' || part === 'worker'
          ? (part === 'api' ? api : worker)?.lastLines(10_000).join('\n')
          : JSON.stringify(
              part === 'migrations'
                ? await run('migrations/main.ts', [])
                : await run(`commands/${part}/main.ts`, part === 'audit' ? [crypto.randomUUID()] : []),
            )
      expect(said).not.toBe('')
      expect(said).not.toContain(servers.password)
      expect(said).not.toContain(new URL(servers.environment['DATABASE_URL'] ?? '').password)
    },
  )
})

/** What the doctor finds wrong with a place. */
const faultOf = async (place: string, changes: Record<string, string>) => {
  const { code, stdout, stderr } = await run('commands/doctor/main.ts', ['--json'], changes)
  const examined = (JSON.parse(stdout) as Examination[]).find((one) => one.place === place)
  return { code, stderr, isRead: examined?.isRead, found: examined?.findings[0]?.found }
}

describe('a server that cannot be trusted, or does not know the user, is refused by name', () => {
  const notTrusted = /unable to verify|self-signed|unable to get (local )?issuer/

  test.each(['Redis', 'Kafka', 'database'])('%s with a certificate of another authority', async (place) => {
    const setting = `${place.toUpperCase()}_CA_FILE`
    expect(await faultOf(place, { [setting]: servers.otherAuthorityFile })).toEqual({
      code: 4,
      stderr: '',
      isRead: false,
      found: expect.stringMatching(notTrusted),
    })
  })

  test.each([
    ['Redis', 'REDIS_URL', /WRONGPASS/],
    ['Kafka', 'KAFKA_SASL_PASSWORD', /authentication failed/i],
    ['database', 'DATABASE_URL', /Access denied/],
  ])('%s, with a wrong password', async (place, setting, message) => {
    const right = servers.environment[setting] ?? ''
    const wrong = URL.canParse(right) ? right.replace(/:[^:@/]+@/, ':guessed-it@') : 'guessed-it'
    const { found, ...rest } = await faultOf(place, { [setting]: wrong })
    expect(rest).toEqual({ code: 4, stderr: '', isRead: false })
    expect(found).toMatch(message)
    expect(found).not.toContain('guessed-it')
  })

  test('a database whose certificate has another name', async () => {
    const url = new URL(servers.environment['DATABASE_URL'] ?? '')
    // The same server by a name that is not in its certificate.
    url.hostname = '127.1'
    const { found } = await faultOf('database', { DATABASE_URL: url.href })
    expect(found).toMatch(/altnames/)
  })

  test('servers with TLS, reached without it', async () => {
    const { environment } = servers
    const plain = {
      REDIS_URL: (environment['REDIS_URL'] ?? '').replace('rediss:', 'redis:'),
      ...{ REDIS_CA_FILE: '', DATABASE_CA_FILE: '', KAFKA_CA_FILE: '' },
    }
    for (const place of ['Redis', 'Kafka', 'database'])
      expect(await faultOf(place, plain)).toMatchObject({ code: 4, isRead: false })
  })
})

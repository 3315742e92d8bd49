import { randomUUID, randomUUIDv7 } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import type { AuditResult } from '../../coupon/audit/audit.ts'
import { idBytes } from '../../coupon/ledger/ids.ts'
import { connectDatabase, type Database } from '../../platform/mysql/database.ts'
import {
  ask,
  createTestCampaign,
  newUser,
  operatorToken,
  press,
  tokenOf,
} from '../../test/harness/processes/http-client.ts'
import { runCommand, type Said } from '../../test/harness/processes/run-command.ts'
import { createOwnDatabase, type OwnDatabase } from '../../test/harness/servers/own-database.ts'
import { openStoredFacts, type StoredFacts } from '../../test/harness/values/stored-facts.ts'
import { until } from '../../test/harness/values/until.ts'

const [apiUrl] = inject('apiUrls')
const environment = inject('environment')

let facts: StoredFacts
let shared: Database
let own: OwnDatabase
beforeAll(async () => {
  facts = openStoredFacts()
  own = await createOwnDatabase()
  shared = connectDatabase({
    url: environment['DATABASE_URL'] ?? '',
    connectionsMax: 1,
    queryTimeoutMs: 5_000,
  })
})
afterAll(async () => {
  await Promise.all([facts.close(), shared.close()])
  await own.close()
})

const run = (main: string, words: readonly string[], changes: Record<string, string> = {}): Promise<Said> =>
  runCommand(main, words, { API_URL: apiUrl, ...changes })
const audit = (words: readonly string[], changes?: Record<string, string>) =>
  run('commands/audit/main.ts', words, changes)
const result = (text: string): AuditResult => JSON.parse(text) as AuditResult

const sell = async (count: number): Promise<string> => {
  const campaignId = await createTestCampaign(apiUrl, { stock: count })
  await Promise.all(Array.from({ length: count }, () => press(apiUrl, campaignId, newUser())))
  await facts.drained(campaignId, count)
  return campaignId
}
const deleteRow = (campaignId: string): Promise<number> =>
  shared.transaction(async (connection) => ({
    commit: true,
    result: await connection.change('DELETE FROM coupons WHERE campaign_id = ? AND `rank` = 3', [
      idBytes(campaignId),
    ]),
  }))

test('PASS: a campaign whose sources agree, exit code 0, as text and as JSON', async () => {
  const campaignId = await sell(50)
  const { code, stdout } = await audit([campaignId])
  expect(stdout.trim()).toMatch(/^PASS {2}50 rows, 50 records, 50 winners, 0 in the outbox/)
  expect(code).toBe(0)
  const json = await audit([campaignId, '--json'])
  expect(result(json.stdout)).toMatchObject({ campaignId, verdict: 'pass', books: { rows: 50 } })
  expect(json.code).toBe(0)
})

test('FAIL: a deleted row, with its fault and promise, exit code 1', async () => {
  const campaignId = await sell(20)
  expect(await deleteRow(campaignId)).toBe(1)
  const { code, stdout } = await audit([campaignId])
  expect(stdout.trim()).toMatch(/^FAIL/)
  expect(stdout).toMatch(/no-lost-win\n +fail +row-missing +1 of 20 .*\n +coupon .* rank 3/)
  expect(code).toBe(1)
})

test('IN FLIGHT: a gate that was never armed, exit code 3', async () => {
  const { id } = await own.createCampaign({ stock: 10 })
  const { code, stdout } = await audit([id], { DATABASE_URL: own.url })
  expect(stdout.trim()).toMatch(/^IN FLIGHT/)
  expect(stdout).toContain('the gate was never armed')
  expect(code).toBe(3)
})

test('during a sale no audit says FAIL, and after it PASS', async () => {
  const campaignId = await createTestCampaign(apiUrl, { stock: 1_000_000 })
  const verdicts: string[] = []
  let sold = 0
  const lanes = Array.from({ length: 2 }, async () => {
    while (verdicts.length < 3) {
      await press(apiUrl, campaignId, newUser())
      sold += 1
    }
  })
  const url = `${apiUrl}/v1/admin/campaigns/${campaignId}/audit`
  while (verdicts.length < 3) {
    const { body } = await ask(url, { token: operatorToken() })
    verdicts.push(body['verdict'] === 'fail' ? JSON.stringify(body['checks']) : String(body['verdict']))
  }
  await Promise.all(lanes)
  expect(verdicts.filter((verdict) => verdict !== 'pass' && verdict !== 'in-flight')).toEqual([])
  await facts.drained(campaignId, sold)
  const { body } = await ask(url, { token: operatorToken() })
  expect(body).toMatchObject({ verdict: 'pass', books: { rows: sold, records: sold, winners: sold } })
})

test('the history of a load run is compared too', async () => {
  const file = join(inject('folder'), `history-${randomUUID()}`)
  const words = `burst --shoppers 300 --stock 100 --connections 20 --warm-up 0 --history ${file}`
  expect(await run('load/main.ts', words.split(' '))).toMatchObject({ code: 0 })
  const rows = await shared.transaction(async (connection) => ({
    commit: false,
    result: await connection.read(
      "SELECT LOWER(INSERT(INSERT(INSERT(INSERT(HEX(campaign_id),9,0,'-'),14,0,'-'),19,0,'-'),24,0,'-')) AS id FROM campaigns WHERE name = 'Load run' AND stock = 100",
    ),
  }))
  const campaignId = String(rows.at(-1)?.['id'])
  const sound = await audit([campaignId, '--history', file, '--json'])
  expect(sound.stderr).toBe('')
  expect(result(sound.stdout).verdict).toBe('pass')
  expect(result(sound.stdout).books.answers).toBeGreaterThanOrEqual(300)
  expect(await deleteRow(campaignId)).toBe(1)
  // What other tests append meanwhile is in flight, and so is then what the ledger alone could show.
  const broken = await until('the ledger had the whole log', async () => {
    const said = await audit([campaignId, '--history', file, '--json'])
    return result(said.stdout).checks.every(({ verdict }) => verdict !== 'in-flight') && said
  })
  const failed = result(broken.stdout).checks.filter(({ verdict }) => verdict === 'fail')
  expect(failed.map(({ fault, promise }) => fault ?? promise)).toEqual([
    'row-missing',
    'no-lost-win',
    'nothing-stranded',
    'ranks-without-gap',
  ])
  expect(broken.code).toBe(1)
  expect(await audit([await sell(1), '--history', file])).toMatchObject({ code: 2 })
})

test('a campaign that the ledger does not have: exit code 2', async () => {
  const { code, stdout, stderr } = await audit([randomUUIDv7()])
  expect(stderr).toMatch(/the ledger has no campaign/)
  expect([code, stdout]).toEqual([2, ''])
})

test('a file that is no history, or one without its last line: exit code 2', async () => {
  const campaignId = await sell(1)
  const file = join(inject('folder'), `history-${randomUUID()}`)
  const head = `{"history":1,"campaignId":"${campaignId}"}\n`
  for (const text of [
    '',
    'no JSON\n',
    head,
    `${head}["user-1",1,{"kind":"none"}]\n`,
    `${head}{"answers":1}\n`,
  ]) {
    await writeFile(file, text)
    expect(await audit([campaignId, '--history', file])).toMatchObject({ code: 2, stdout: '' })
  }
})

test('a source that cannot be read: exit code 4 and no verdict', async () => {
  const { code, stdout, stderr } = await audit([randomUUIDv7()], { REDIS_URL: 'redis://127.0.0.1:9' })
  expect(stderr).toMatch(/Redis did not answer/)
  expect([code, stdout]).toEqual([4, ''])
})

test('the audit route needs the token of an operator', async () => {
  const campaignId = await sell(1)
  const url = `${apiUrl}/v1/admin/campaigns/${campaignId}/audit`
  expect((await ask(url)).status).toBe(401)
  expect((await ask(url, { token: tokenOf(newUser()) })).status).toBe(401)
  expect(await ask(url, { token: operatorToken() })).toMatchObject({ status: 200, body: { verdict: 'pass' } })
  const unknown = await ask(url.replace(campaignId, randomUUIDv7()), { token: operatorToken() })
  expect(unknown).toMatchObject({ status: 404, body: { code: 'unknown-campaign' } })
  expect((await ask(url, { method: 'POST', token: operatorToken() })).status).toBe(405)
})

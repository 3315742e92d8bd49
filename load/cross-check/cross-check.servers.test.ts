import { expect, inject, test } from 'vitest'
import { runCommand } from '../../test/harness/processes/run-command.ts'

const [apiUrl] = inject('apiUrls')
const linesFor = async (form: string): Promise<string[]> => {
  const { stdout } = await runCommand('load/cross-check/main.ts', [form, '2'], { API_URL: apiUrl })
  return stdout.trim().split('\n')
}

test('each token for wrk gets a coupon at the path on the first line', async () => {
  const [path = '', ...tokens] = await linesFor('wrk')
  expect(tokens).toHaveLength(2)
  for (const token of tokens) {
    const headers = { authorization: `Bearer ${token}` }
    expect((await fetch(apiUrl + path, { method: 'POST', headers })).status).toBe(201)
  }
})

test('each target for vegeta gets a coupon', async () => {
  const targets = (await linesFor('vegeta')).map((line) => JSON.parse(line))
  expect(targets).toHaveLength(2)
  for (const { method, url, header } of targets) {
    const [authorization] = header.Authorization
    expect((await fetch(url, { method, headers: { authorization } })).status).toBe(201)
  }
})

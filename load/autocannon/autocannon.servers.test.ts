import { expect, inject, test } from 'vitest'
import { runCommand } from '../../test/harness/processes/run-command.ts'

const [apiUrl] = inject('apiUrls')

test('the script for presses gets as many yeses as there are coupons', async () => {
  const words = ['300', '10', '100']
  const { code, stdout, stderr } = await runCommand('load/autocannon/issue.js', words, { API_URL: apiUrl })
  expect(`${stdout}${stderr}`).toMatch(/201 +│ +100 /)
  expect(`${stdout}${stderr}`).toMatch(/409 +│ +200 /)
  expect(code).toBe(0)
})

test('the script for lists is answered 200', async () => {
  const words = ['200', '10', '20']
  const { code, stdout, stderr } = await runCommand('load/autocannon/list.js', words, { API_URL: apiUrl })
  expect(`${stdout}${stderr}`).toMatch(/200 +│ +200 /)
  expect(code).toBe(0)
})

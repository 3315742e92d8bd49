import { describe, expect, test } from 'vitest'
import { createOperatorTokens } from '../../api/operator-tokens.ts'
import { operatorTokens } from '../../coupon/operator.ts'
import { createTokenVerifier } from '../../platform/http/token.ts'
import { runInProcess } from '../../test/harness/processes/run-in-process.ts'
import { tokenCommand } from './command.ts'

const secret = 'a secret of this test, of 32 bytes or more'
const run = (words: readonly string[], env: Record<string, string> = { JWT_SECRET: secret }) =>
  runInProcess(tokenCommand, words, env)

const expiryOf = (token: string): number => {
  const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  return typeof payload === 'object' && payload !== null && 'exp' in payload ? Number(payload.exp) : 0
}

test('it prints one token, which the API accepts for that user alone', async () => {
  const { code, stdout, stderr } = await run(['--user', 'alice'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
  const verifyWith = (key: string) => createTokenVerifier({ secret: key, leewayMs: 0, now: Date.now })
  expect(verifyWith(secret)(stdout.trim())).toMatchObject({ kind: 'user', userId: 'alice' })
  expect(verifyWith('another secret')(stdout.trim())).toMatchObject({ kind: 'refused' })
})

test('a token expires after its lifetime', async () => {
  const { stdout } = await run(['--user', 'a@b.example|1', '--lifetime', '60', '--json'])
  const { token, ...rest } = JSON.parse(stdout) as { token: string }
  expect(rest).toEqual({ user: 'a@b.example|1', lifetimeSeconds: 60 })
  const lifetimeSeconds = expiryOf(token) - Date.now() / 1_000
  expect(lifetimeSeconds).toBeGreaterThan(30)
  expect(lifetimeSeconds).toBeLessThanOrEqual(60)
})

describe('wrong use prints no token and names what is wrong', () => {
  test.each([
    { words: [], names: ['--user'] },
    { words: ['--user', 'two words'], names: ['--user'] },
    { words: ['--user', 'a'.repeat(65), '--lifetime', '0'], names: ['--user', '--lifetime'] },
    { words: ['--user', 'alice', '--lifetime', '1.5'], names: ['--lifetime'] },
    { words: ['--user', 'alice', '--lifetime', '31536001'], names: ['--lifetime'] },
    { words: ['--usr', 'alice'], names: ['--usr'] },
    { words: ['alice'], names: ['alice'] },
  ])('words $words: $names', async ({ words, names }) => {
    const { code, stdout, stderr } = await run(words)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    const [faults] = stderr.split('\n\n')
    for (const name of names) expect(faults).toContain(name)
  })

  test.each([{}, { JWT_SECRET: '' }, { JWT_SECRET: 'x'.repeat(31) }])(
    'environment %j: JWT_SECRET',
    async (env) => {
      const { code, stdout, stderr } = await run(['--user', 'alice'], env)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toContain('JWT_SECRET')
    },
  )
})

describe('the tokens of operators', () => {
  const make = (words: readonly string[]) => run(['operator', ...words], {})

  test('a new one is printed with the entry that lets it in, and without any setting', async () => {
    const { code, stdout } = await make(['--name', 'alice', '--roles', 'operator+orders', '--json'])
    const { token, entry } = JSON.parse(stdout) as { token: string; entry: string }
    expect(code).toBe(0)
    expect(token).toMatch(/^[\w-]{43}$/)
    const find = createOperatorTokens('the token of another', operatorTokens.parse(entry))
    expect(find(token)).toEqual({ name: 'alice', roles: ['viewer', 'operator', 'orders'] })
    expect(find(`${token}.`)).toBeUndefined()
    expect(entry).not.toContain(token)
  })

  test('each is another one, a line for the token and one for the entry', async () => {
    const words = ['--name', 'alice', '--roles', 'viewer']
    const [one, other] = await Promise.all([make(words), make(words)])
    expect(one.stdout).toMatch(/^token {6}[\w-]{43}\nOPERATORS {2}alice:viewer:[0-9a-f]{64}\n$/)
    expect(one.stdout).not.toBe(other.stdout)
  })

  test.each([
    { words: [], names: ['--name', '--roles'] },
    { words: ['--name', 'a:b', '--roles', 'viewer'], names: ['--name'] },
    { words: ['--name', 'alice', '--roles', 'admin'], names: ['--roles'] },
  ])('wrong words print no token: $words', async ({ words, names }) => {
    const { code, stdout, stderr } = await make(words)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    for (const name of names) expect(stderr.split('\n\n')[0]).toContain(name)
  })
})

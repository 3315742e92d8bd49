import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createTokenVerifier } from '../../platform/http/token.ts'

const secret = 'a secret of this test'

const run = (words: readonly string[], environment: Record<string, string> = { JWT_SECRET: secret }) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'main.ts'), ...words],
    { env: environment, encoding: 'utf8', timeout: 10_000 },
  )
  return { status, stdout, stderr }
}

const expiryOf = (token: string): number => {
  const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  return typeof payload === 'object' && payload !== null && 'exp' in payload ? Number(payload.exp) : 0
}

test('it prints one token, which the API takes for the user that was asked for', () => {
  const { status, stdout, stderr } = run(['--user', 'alice'])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
  expect(createTokenVerifier(secret)(stdout.trim())).toBe('alice')
  expect(createTokenVerifier('another secret')(stdout.trim())).toBeUndefined()
})

test('a token lives as long as it was asked to', () => {
  const { stdout } = run(['--user', 'a@b.example|1', '--lifetime', '60'])
  const lifetimeSeconds = expiryOf(stdout) - Date.now() / 1_000
  expect(lifetimeSeconds).toBeGreaterThan(30)
  expect(lifetimeSeconds).toBeLessThanOrEqual(60)
})

test.each([
  { words: [], names: ['--user'] },
  { words: ['--user', 'two words'], names: ['--user'] },
  { words: ['--user', 'a'.repeat(65), '--lifetime', '0'], names: ['--user', '--lifetime'] },
  { words: ['--user', 'alice', '--lifetime', '1.5'], names: ['--lifetime'] },
  { words: ['--user', 'alice', '--lifetime', '31536001'], names: ['--lifetime'] },
  { words: ['--usr', 'alice'], names: ['--usr'] },
  { words: ['alice'], names: ['alice'] },
])('$words is refused, and the fault names $names', ({ words, names }) => {
  const { status, stdout, stderr } = run(words)
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  const [faults] = stderr.split('\n\n')
  for (const name of names) expect(faults).toContain(name)
})

test.each([{}, { JWT_SECRET: '' }, { JWT_SECRET: 'short' }])(
  'without a secret (%j) it says what is missing and prints no token',
  (environment) => {
    const { status, stdout, stderr } = run(['--user', 'alice'], environment)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain('JWT_SECRET')
  },
)

test('--help says what it takes', () => {
  expect(run(['--help'])).toMatchObject({ status: 0, stdout: expect.stringContaining('--lifetime SECONDS') })
})

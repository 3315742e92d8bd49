import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAuditProcess } from './audit-process.ts'

let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'firstcome-audits-'))))
afterAll(() => rm(folder, { recursive: true }))

/** Runs this program instead of the audit. */
const audit = async (text: string) => {
  const program = join(folder, 'main.mjs')
  await writeFile(program, text)
  return createAuditProcess(program)
}
const says = (verdict: string, code: number): string =>
  `process.stdout.write(JSON.stringify({ verdict: '${verdict}', asked: process.argv.slice(2) })); process.exitCode = ${code}`

test.each([
  ['pass', 0],
  ['fail', 1],
  ['in-flight', 3],
])('the verdict %s is returned, whatever the exit code', async (verdict, code) => {
  const { run } = await audit(says(verdict, code))
  expect(await run('a-campaign')).toEqual({ verdict, asked: ['--json', 'a-campaign'] })
  const asked = ['--json', '--log-until', '7', 'a-campaign']
  expect(await run('a-campaign', { logUntilMs: 7 })).toEqual({ verdict, asked })
})

test.each([
  [
    'could not read a source',
    `process.stderr.write('Redis: no answer'); process.exitCode = 4`,
    'Redis: no answer',
  ],
  ['crashed', 'throw new Error("a defect")', 'a defect'],
  ['exited with 1 without output', 'process.exitCode = 1', 'Command failed'],
  ['exited with 0 without a verdict', 'process.stdout.write("{")', 'no verdict'],
])('an audit that %s is unavailable', async (_, text, words) => {
  const { run } = await audit(text)
  const failure = { code: 'unavailable', message: expect.stringContaining(words) as string }
  await expect(run('a-campaign')).rejects.toMatchObject(failure)
})

test('`close` ends a running audit, whose result is then unavailable', async () => {
  const { run, close } = await audit('setInterval(() => {}, 1_000)')
  const running = run('a-campaign')
  close()
  await expect(running).rejects.toMatchObject({ code: 'unavailable' })
})

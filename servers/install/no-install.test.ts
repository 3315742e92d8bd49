import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firstcome-no-install-'))
})

afterEach(() => rm(folder, { recursive: true }))

/** Runs a main.ts of servers/ with --no-install, and a PATH without programs: neither Redis nor Java is found. */
const runWithoutPrograms = async (main: string) => {
  const command = [join(import.meta.dirname, '..', main), '--no-install']
  const env = { PATH: '/nowhere', FIRSTCOME_FOLDER: folder }
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, command, { env })) }
  } catch (cause) {
    return cause as { code: number; stdout: string; stderr: string }
  }
}

describe('with --no-install on a machine without Redis', () => {
  test('npm start exits with 1, says what is missing, and starts nothing', async () => {
    const { code, stdout, stderr } = await runWithoutPrograms('main.ts')
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/missing on this machine/i)
    expect(stderr).toContain('redis')
    expect(stderr).not.toContain('Installing now')
    expect(await readdir(folder)).toEqual(['launcher'])
  })

  test('npm run setup exits with 1, lists the servers, and installs nothing', async () => {
    const { code, stdout, stderr } = await runWithoutPrograms('setup/main.ts')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^ {2}Redis +missing$/m)
    expect(stderr).toContain('redis')
    expect(await readdir(folder)).toEqual([])
  })
})

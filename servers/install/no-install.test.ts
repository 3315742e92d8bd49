import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLaunchers, type Launchers } from '../../test/harness/processes/launchers.ts'

let launchers: Launchers

beforeEach(async () => {
  launchers = await createLaunchers()
})

afterEach(() => launchers.close())

/**
 * Runs a main.ts of servers/ with --no-install and a PATH without programs: it finds neither Redis nor Java.
 */
const runWithoutPrograms = async (main: string) => {
  const command = [join(import.meta.dirname, '..', main), '--no-install']
  const env = { ...launchers.environment, PATH: '/nowhere' }
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
    expect(await readdir(launchers.folder)).toEqual(['launcher'])
  })

  test('npm run setup exits with 1, lists the servers, and installs nothing', async () => {
    const { code, stdout, stderr } = await runWithoutPrograms('setup/main.ts')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^ {2}Redis +missing$/m)
    expect(stderr).toContain('redis')
    expect(await readdir(launchers.folder)).toEqual([])
  })
})

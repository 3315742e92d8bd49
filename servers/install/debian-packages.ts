import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { LaunchError } from '../launch-error.ts'
import { runProgram } from '../processes/run-program.ts'

export const isDebian = (): boolean => existsSync('/etc/debian_version')

const policyFile = '/usr/sbin/policy-rc.d'
const policy =
  '#!/bin/sh\n# Temporary, by firstcome: install servers without starting them as services.\nexit 101\n'

// Removes only our own policy: an installation that was killed may have left it. A policy of the machine
// stays.
const removePolicy = async (): Promise<void> => {
  if (existsSync(policyFile) && (await readFile(policyFile, 'utf8')) === policy) await rm(policyFile)
}

// Debian starts a server as soon as it is installed, on its standard port, which this project does not use.
const withoutServices = async (work: () => Promise<void>): Promise<void> => {
  await removePolicy()
  if (!existsSync(policyFile)) await writeFile(policyFile, policy, { mode: 0o755 })
  try {
    await work()
  } finally {
    await removePolicy()
  }
}

/** Whether apt knows a package of this name. False for every name before the first `apt-get update`. */
export const isPackageAvailable = async (name: string): Promise<boolean> => {
  try {
    const { stdout } = await promisify(execFile)('apt-cache', ['show', '--no-all-versions', name])
    return stdout.includes('Version:')
  } catch {
    return false
  }
}

const chooseAvailable = async (candidates: readonly string[]): Promise<string> => {
  for (const name of candidates) if (await isPackageAvailable(name)) return name
  throw new LaunchError(`apt-get has no package ${candidates.join(' or ')}`)
}

const retryMs = 1_000

/**
 * Runs apt-get, again while another one holds a lock. Its own waiting, `DPkg::Lock::Timeout`, is for that
 * of dpkg alone: without the lock of the lists an update fails at once (apt 2.6). Rejects after `timeoutMs`.
 */
export const whenUnlocked = async (
  run: () => Promise<void>,
  { timeoutMs, wait = delay }: { timeoutMs: number; wait?: (ms: number) => Promise<unknown> },
): Promise<void> => {
  for (let waitedMs = 0; ; waitedMs += retryMs)
    try {
      return await run()
    } catch (cause) {
      if (waitedMs >= timeoutMs || !String(cause).includes('Could not get lock')) throw cause
      await wait(retryMs)
    }
}

export const aptInstall = ['install', '-y', '--no-install-recommends'] as const

/**
 * Installs Debian packages: of each entry the first that this release has. Throws a LaunchError with the last
 * output of apt-get.
 */
export const installPackages = async (
  packages: readonly (readonly string[])[],
  { logFolder, signal }: { logFolder: string; signal?: AbortSignal | undefined },
): Promise<void> => {
  await mkdir(logFolder, { recursive: true })
  const aptGet = (name: string, parameters: readonly string[]): Promise<void> =>
    whenUnlocked(
      () =>
        runProgram({
          command: 'apt-get',
          arguments: ['-o', 'DPkg::Lock::Timeout=120', ...parameters],
          environment: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
          logFile: join(logFolder, `apt-get-${name}.log`),
          timeoutMs: 600_000,
          signal,
        }),
      { timeoutMs: 120_000 },
    )
  await aptGet('update', ['update'])
  const names: string[] = []
  for (const candidates of packages) names.push(await chooseAvailable(candidates))
  await withoutServices(() => aptGet('install', [...aptInstall, ...names]))
}

/** The name of the Debian package that a file belongs to, if any. */
export const packageOf = async (file: string): Promise<string | undefined> => {
  try {
    const { stdout } = await promisify(execFile)('dpkg-query', ['--search', file], { timeout: 10_000 })
    return /^([^:,\s]+)/.exec(stdout)?.[1]
  } catch {
    // No Debian, or a file of no package.
    return undefined
  }
}

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { runProgram } from '../processes/run-program.ts'
import { LaunchError } from '../launch-error.ts'

/** Newest first. Each Debian release carries one or two of them; Kafka 4 needs 17. */
export const javaPackages = ['openjdk-21-jre-headless', 'openjdk-17-jre-headless'] as const

/** Whether packages may be installed here: Debian or a child of it, and we are root. */
export const canInstallPackages = (): boolean => existsSync('/etc/debian_version') && process.getuid?.() === 0

const policyFile = '/usr/sbin/policy-rc.d'
const policy =
  '#!/bin/sh\n# Temporary, by firstcome: install servers without starting them as services.\nexit 101\n'

const removeOurPolicy = async (): Promise<void> => {
  // A machine's own policy stays; one of ours may be left from an installation that was killed.
  if (existsSync(policyFile) && (await readFile(policyFile, 'utf8')) === policy) await rm(policyFile)
}

// Debian starts a server as soon as it is installed, on the very ports that we leave alone.
const withoutServices = async (work: () => Promise<void>): Promise<void> => {
  await removeOurPolicy()
  if (!existsSync(policyFile)) await writeFile(policyFile, policy, { mode: 0o755 })
  try {
    await work()
  } finally {
    await removeOurPolicy()
  }
}

const isKnown = async (name: string): Promise<boolean> => {
  try {
    const { stdout } = await promisify(execFile)('apt-cache', ['show', '--no-all-versions', name])
    return stdout.includes('Version:')
  } catch {
    return false
  }
}

const choose = async (candidates: readonly string[]): Promise<string> => {
  for (const name of candidates) if (await isKnown(name)) return name
  throw new LaunchError(`apt-get has none of ${candidates.join(', ')}`)
}

/** Installs Debian packages; of each entry the first that this release has. Throws a StartFault with apt's last words. */
export const installPackages = async (
  packages: readonly (readonly string[])[],
  { logFolder, signal }: { logFolder: string; signal?: AbortSignal | undefined },
): Promise<void> => {
  await mkdir(logFolder, { recursive: true })
  const apt = (name: string, parameters: readonly string[]): Promise<void> =>
    runProgram({
      command: 'apt-get',
      // Another apt-get may be at work: wait for it rather than fail.
      arguments: ['-o', 'DPkg::Lock::Timeout=120', ...parameters],
      environment: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      logFile: join(logFolder, `apt-get-${name}.log`),
      timeoutMs: 600_000,
      signal,
    })
  await apt('update', ['update'])
  const names: string[] = []
  for (const candidates of packages) names.push(await choose(candidates))
  await withoutServices(() => apt('install', ['install', '-y', '--no-install-recommends', ...names]))
}

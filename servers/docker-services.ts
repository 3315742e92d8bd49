import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { runProgram } from './processes/run-program.ts'

// This file is the one part of servers/ that was written where no Docker engine could run it.

export type StartDockerOptions = {
  /** Names of services in docker-compose.yml. */
  services: readonly string[]
  /** Fills in docker-compose.yml: the ports to publish on loopback, and the password. */
  environment: Readonly<Record<string, string>>
  /** For logs. It has containers and volumes of its own, as it would have data of its own. */
  folder: string
  signal?: AbortSignal | undefined
}

const composeFile = join(import.meta.dirname, '..', 'docker-compose.yml')

const markFile = (folder: string): string => join(folder, 'docker')

/** Whether a Docker engine answers. */
export const hasDocker = async (): Promise<boolean> => {
  try {
    await promisify(execFile)('docker', ['info'], { timeout: 10_000 })
    return true
  } catch {
    // No client, or no engine behind it: either way there is none to use.
    return false
  }
}

const compose = (
  { folder, environment, signal }: Omit<StartDockerOptions, 'services'>,
  command: string,
  parameters: readonly string[],
): Promise<void> => {
  const project = `firstcome-${createHash('sha256').update(folder).digest('hex').slice(0, 8)}`
  return runProgram({
    command: 'docker',
    arguments: ['compose', '--file', composeFile, '--project-name', project, command, ...parameters],
    // The services that we do not start want their secrets too: Compose reads the whole file first.
    environment: {
      JWT_SECRET: randomBytes(32).toString('hex'),
      ADMIN_TOKEN: randomBytes(32).toString('hex'),
      DATABASE_PASSWORD: randomBytes(32).toString('hex'),
      ...process.env,
      ...environment,
    },
    logFile: join(folder, `docker-${command}.log`),
    timeoutMs: 600_000,
    signal,
  })
}

/**
 * Starts services of docker-compose.yml and waits until their health checks pass. Their data stays in Docker's volumes.
 * Resolves with what stops them.
 */
export const startDocker = async (options: StartDockerOptions): Promise<() => Promise<void>> => {
  const { services, folder, environment } = options
  const stop = (): Promise<void> => compose({ folder, environment }, 'stop', ['--timeout', '6', ...services])
  await writeFile(markFile(folder), 'Docker keeps the data of some servers of this folder.\n')
  try {
    await compose(options, 'up', ['--detach', '--wait', ...services])
  } catch (fault) {
    await stop()
    throw fault
  }
  return stop
}

/** Removes the containers and volumes of `folder`, when it ever had any. */
export const removeDocker = async (folder: string): Promise<void> => {
  if (!existsSync(markFile(folder))) return
  await compose({ folder, environment: {} }, 'down', ['--volumes'])
  await rm(markFile(folder))
}

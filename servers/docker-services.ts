import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { runProgram } from './processes/run-program.ts'

// Untested with a real Docker engine: there was none where this file was written.

/** The services of docker-compose.yml that run the servers. */
export const dockerServices = { redis: 'redis', kafka: 'kafka', database: 'mysql' } as const

export type DockerService = (typeof dockerServices)[keyof typeof dockerServices]

export type StartDockerOptions = {
  services: readonly DockerService[]
  /** Variables of docker-compose.yml: the ports to publish on loopback, and the password of the database. */
  environment: Readonly<Record<string, string>>
  /** For logs. Each folder has containers and volumes of its own. */
  folder: string
  signal?: AbortSignal | undefined
}

const composeFile = join(import.meta.dirname, '..', 'docker-compose.yml')

const markFile = (folder: string): string => join(folder, 'docker')

const succeeds = async (parameters: readonly string[]): Promise<boolean> => {
  try {
    await promisify(execFile)('docker', parameters, { timeout: 10_000 })
    return true
  } catch {
    return false
  }
}

/** Whether a Docker engine answers, and Docker has the compose command. */
export const hasDockerEngine = async (): Promise<boolean> =>
  (await succeeds(['info'])) && (await succeeds(['compose', 'version']))

/** The image of a service, as docker-compose.yml names it. */
export const dockerImageOf = (service: DockerService): string => {
  const text = readFileSync(composeFile, 'utf8')
  return new RegExp(`^  ${service}:\n(?:    #.*\n)*    image: (\\S+)$`, 'm').exec(text)?.[1] ?? service
}

/** Whether the engine has this image already. */
export const hasDockerImage = (image: string): Promise<boolean> => succeeds(['image', 'inspect', image])

type LogOptions = { logFolder: string; signal?: AbortSignal | undefined }

/** Downloads an image. */
export const pullDockerImage = (image: string, { logFolder, signal }: LogOptions): Promise<void> =>
  runProgram({
    command: 'docker',
    arguments: ['pull', '--quiet', image],
    logFile: join(logFolder, 'docker-pull.log'),
    timeoutMs: 600_000,
    signal,
  })

const compose = (
  { folder, environment, signal }: Omit<StartDockerOptions, 'services'>,
  command: string,
  parameters: readonly string[],
): Promise<void> => {
  const project = `firstcome-${createHash('sha256').update(folder).digest('hex').slice(0, 8)}`
  return runProgram({
    command: 'docker',
    arguments: ['compose', '--file', composeFile, '--project-name', project, command, ...parameters],
    // Compose reads the whole file, so the services that are not started here need their secrets too.
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
 * Starts services of docker-compose.yml and waits until their health checks pass. Their data stays in Docker
 * volumes. Resolves with the function that stops them.
 */
export const startDockerServices = async (options: StartDockerOptions): Promise<() => Promise<void>> => {
  const { services, folder, environment } = options
  const stop = (): Promise<void> => compose({ folder, environment }, 'stop', ['--timeout', '6', ...services])
  await writeFile(markFile(folder), 'Docker volumes hold the data of some servers of this folder.\n')
  try {
    await compose(options, 'up', ['--detach', '--wait', ...services])
  } catch (cause) {
    await stop()
    throw cause
  }
  return stop
}

/** Removes the containers and volumes of `folder`. Does nothing when it has none. */
export const removeDockerServices = async (folder: string): Promise<void> => {
  if (!existsSync(markFile(folder))) return
  await compose({ folder, environment: {} }, 'down', ['--volumes'])
  await rm(markFile(folder))
}

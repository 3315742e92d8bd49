import type { ProgressDisplay } from '../../platform/progress-display.ts'
import { LaunchError } from '../launch-error.ts'
import { announceInstallation, describeForbidden, describeUnobtainable } from './describe-installation.ts'
import {
  type FoundSources,
  findKafkaTools,
  findServerSources,
  type ServerName,
  type ServerSources,
  serverNames,
} from './find-servers.ts'
import type { Host } from './host.ts'
import { changesMachine, type InstallationPlan, planInstallation } from './installation-plan.ts'

export type ObtainOptions = {
  host: Host
  /**
   * False: throws instead of installing, with the commands that install what is missing. True when left out.
   */
  mayInstall?: boolean
  progress: ProgressDisplay
  /** For the output of the installers. */
  logFolder: string
  signal?: AbortSignal | undefined
}

const missingOf = (sources: FoundSources): ServerName[] =>
  serverNames.filter((name) => sources[name] === undefined)

const carryOut = async (
  { packages, images, needsJars }: InstallationPlan,
  { host, progress, logFolder, signal }: ObtainOptions,
): Promise<void> => {
  if (packages.length > 0) {
    const names = packages.map(({ label }) => label).join(', ')
    await progress.step(`apt-get: installing ${names}`, () =>
      host.install.packages(
        packages.map(({ candidates }) => candidates),
        { logFolder, signal },
      ),
    )
  }
  if (needsJars) {
    const { maven } = await findKafkaTools(host)
    if (maven === undefined) throw new LaunchError('apt-get installed maven, but mvn is not on PATH')
    await progress.step('mvn: downloading Kafka', () => host.install.jars(maven, signal))
    const { java, jarsFolder } = await findKafkaTools(host)
    if (java !== undefined && jarsFolder !== undefined)
      await progress.step('Kafka: preparing quick starts', () =>
        host.install.classArchive({ java, jarsFolder }, signal),
      )
  }
  for (const image of images)
    await progress.step(`docker: pulling ${image}`, () => host.install.image(image, { logFolder, signal }))
}

/** Undefined when one is missing. */
const complete = ({ redis, kafka, database }: FoundSources): ServerSources | undefined =>
  redis === undefined || kafka === undefined || database === undefined
    ? undefined
    : { redis, kafka, database }

/**
 * Where each server comes from, after installing what was missing: with apt-get and Maven where this process
 * may use them, else from Docker. Says what it installs before it does. Throws one LaunchError that lists
 * everything that is still missing and the commands that install it.
 */
export const obtainServerSources = async (options: ObtainOptions): Promise<ServerSources> => {
  const { host, progress, mayInstall = true } = options
  const found = await findServerSources(host)
  const tools = await findKafkaTools(host)
  const plan = await progress.step('looking for what is missing', () =>
    planInstallation(missingOf(found), tools, host),
  )
  if (plan.unobtainable.length > 0) throw new LaunchError(await describeUnobtainable(plan, tools, host))
  if (changesMachine(plan) && !mayInstall) throw new LaunchError(await describeForbidden(plan, host))
  if (changesMachine(plan)) {
    progress.say(await announceInstallation(plan, host))
    await carryOut(plan, options)
    progress.say('Installed.\n')
  }
  const sources: FoundSources = changesMachine(plan) ? await findServerSources(host) : { ...found }
  for (const name of plan.inDocker) sources[name] ??= { kind: 'docker' }
  const obtained = complete(sources)
  if (obtained === undefined)
    throw new LaunchError(`installed, but still not found: ${missingOf(sources).join(', ')}`)
  return obtained
}

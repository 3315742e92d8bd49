import { type DockerService, dockerImageOf, dockerServices } from '../docker-services.ts'
import type { KafkaTools, ServerName } from './find-servers.ts'
import type { Host } from './host.ts'

/** A Debian package: the first of `candidates` that the release has. */
export type PackageChoice = {
  candidates: readonly string[]
  /** Names it while it is not known which candidate the release has. */
  label: string
  purpose: string
  /** The service that Debian starts with the package. */
  service?: string
}

/** How the servers that this machine does not have are provided. */
export type InstallationPlan = {
  readonly missing: readonly ServerName[]
  readonly packages: readonly PackageChoice[]
  /** Kafka's jars, from Maven Central. */
  readonly needsJars: boolean
  /** The servers that Docker runs. */
  readonly inDocker: readonly ServerName[]
  /** The images that Docker does not have yet. */
  readonly images: readonly string[]
  /** The servers that cannot be provided here. */
  readonly unobtainable: readonly ServerName[]
}

const redisPackage: PackageChoice = {
  candidates: ['redis-server'],
  label: 'redis-server',
  purpose: 'decides who gets a coupon',
  service: 'redis-server',
}

const databasePackage: PackageChoice = {
  candidates: ['mariadb-server'],
  label: 'mariadb-server',
  purpose: 'stores the coupons',
  service: 'mariadb',
}

const javaPackage: PackageChoice = {
  // Newest first; a Debian release has one or two of the openjdk packages. Kafka 4 needs Java 17.
  candidates: ['openjdk-21-jre-headless', 'openjdk-17-jre-headless', 'default-jre-headless'],
  label: 'Java 17 or newer',
  purpose: 'runs Kafka',
}

const mavenPackage: PackageChoice = { candidates: ['maven'], label: 'maven', purpose: 'downloads Kafka' }

/** The Debian packages that a missing server needs. */
export const packagesFor = (name: ServerName, { java, jarsFolder, maven }: KafkaTools): PackageChoice[] => {
  if (name === 'redis') return [redisPackage]
  if (name === 'database') return [databasePackage]
  return [
    ...(java === undefined ? [javaPackage] : []),
    ...(jarsFolder === undefined && maven === undefined ? [mavenPackage] : []),
  ]
}

const mustDownloadJars = (missing: readonly ServerName[], tools: KafkaTools): boolean =>
  missing.includes('kafka') && tools.jarsFolder === undefined

/** Whether the plan changes the machine. */
export const changesMachine = ({ packages, needsJars, images }: InstallationPlan): boolean =>
  packages.length > 0 || needsJars || images.length > 0

const withoutImage = async (services: readonly DockerService[], host: Host): Promise<string[]> => {
  const images = services.map(dockerImageOf)
  const isPresent = await Promise.all(images.map(host.hasDockerImage))
  return images.filter((_, index) => !isPresent[index])
}

/**
 * Plans how to provide `missing`: with apt-get and Maven where this process may use them, else with a Docker
 * engine. Changes nothing.
 */
export const planInstallation = async (
  missing: readonly ServerName[],
  tools: KafkaTools,
  host: Host,
): Promise<InstallationPlan> => {
  const canInstallPackages = host.packageManager === 'apt-get' && host.isRoot
  // Kafka needs no package where Java and Maven exist.
  const isNative = (name: ServerName): boolean => canInstallPackages || packagesFor(name, tools).length === 0
  const native = missing.filter(isNative)
  const others = missing.filter((name) => !isNative(name))
  const hasDocker = others.length > 0 && (await host.hasDockerEngine())
  const inDocker = hasDocker ? others : []
  return {
    missing,
    packages: native.flatMap((name) => packagesFor(name, tools)),
    needsJars: mustDownloadJars(native, tools),
    inDocker,
    images: await withoutImage(
      inDocker.map((name) => dockerServices[name]),
      host,
    ),
    unobtainable: hasDocker ? [] : others,
  }
}

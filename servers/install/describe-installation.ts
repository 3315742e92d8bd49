import { dirname } from 'node:path'
import { dockerImageOf, dockerServices } from '../docker-services.ts'
import { shellWord } from '../shell-word.ts'
import { shortPath } from '../short-path.ts'
import { aptInstall } from './debian-packages.ts'
import type { KafkaTools, ServerName } from './find-servers.ts'
import type { Host } from './host.ts'
import { type InstallationPlan, type PackageChoice, packagesFor } from './installation-plan.ts'
import { kafkaJarsFolder, kafkaJarsMegabytes, kafkaVersion, mavenArguments } from './kafka-jars.ts'

type ServerTexts = { title: string; purpose: string; requirement: string; variable: string; formula: string }

const servers: Record<ServerName, ServerTexts> = {
  redis: {
    title: 'Redis',
    purpose: 'decides who gets a coupon',
    requirement: 'redis-server or valkey-server on PATH',
    variable: 'REDIS_URL',
    formula: 'redis',
  },
  kafka: {
    title: 'Kafka',
    purpose: 'keeps every coupon until the database has it',
    requirement: 'Java 17, and KAFKA_HOME, kafka-server-start or mvn',
    variable: 'KAFKA_BROKERS',
    formula: 'kafka',
  },
  database: {
    title: 'database',
    purpose: 'stores the coupons',
    requirement: 'mysqld or mariadbd on PATH',
    variable: 'DATABASE_URL',
    formula: 'mysql',
  },
}

const list = (words: readonly string[]): string => new Intl.ListFormat('en').format(words)

const isOrAre = (missing: readonly ServerName[]): string => {
  const titles = missing.map((name) => (name === 'database' ? 'a database' : servers[name].title))
  const titleList = list(titles)
  return `${titleList.charAt(0).toUpperCase()}${titleList.slice(1)} ${missing.length === 1 ? 'is' : 'are'}`
}

const row = (name: string, text: string): string => `  ${name.padEnd(25)} ${text}`

/** Undefined before the first `apt-get update`, when apt knows no package. */
const packageName = async ({ candidates }: PackageChoice, host: Host): Promise<string | undefined> => {
  for (const name of candidates) if (await host.isPackageAvailable(name)) return name
  return undefined
}

const serviceLines = (packages: readonly PackageChoice[]): string[] => {
  const services = packages.flatMap(({ service }) => (service === undefined ? [] : [service]))
  if (services.length === 0) return []
  return [`No service is started now. Where systemd runs, it starts ${list(services)} at the next boot.`]
}

const packageLines = async (packages: readonly PackageChoice[], host: Host): Promise<string[]> => {
  if (packages.length === 0) return []
  const rows = packages.map(async (choice) =>
    row((await packageName(choice, host)) ?? choice.label, choice.purpose),
  )
  return [
    "From Debian's archive as /etc/apt names it, with apt-get, into the system:",
    ...(await Promise.all(rows)),
    'and the packages that they depend on.',
    ...serviceLines(packages),
    '',
  ]
}

const jarLines = (isNeeded: boolean): string[] => {
  if (!isNeeded) return []
  const folder = shortPath(dirname(kafkaJarsFolder))
  return [
    `From Maven Central, with mvn, into ${folder} (${kafkaJarsMegabytes} MB; Maven keeps a copy in ~/.m2):`,
    row(`Kafka ${kafkaVersion}`, servers.kafka.purpose),
    '',
  ]
}

const imageLines = ({ inDocker, images }: InstallationPlan): string[] => {
  if (images.length === 0) return []
  const rows = inDocker
    .map((name) => ({ image: dockerImageOf(dockerServices[name]), purpose: servers[name].purpose }))
    .filter(({ image }) => images.includes(image))
  return [
    'From Docker Hub, with docker pull, into Docker:',
    ...rows.map(({ image, purpose }) => row(image, purpose)),
    '',
  ]
}

const planLines = async (plan: InstallationPlan, host: Host): Promise<string[]> => [
  ...(await packageLines(plan.packages, host)),
  ...jarLines(plan.needsJars),
  ...imageLines(plan),
]

/** What is about to be installed, from where, where to and why. */
export const announceInstallation = async (plan: InstallationPlan, host: Host): Promise<string> =>
  [
    `${isOrAre(plan.missing)} missing on this machine. Installing now:`,
    '',
    ...(await planLines(plan, host)),
    'Ctrl-C stops it. With --no-install nothing is installed and the commands are printed.',
    '',
  ].join('\n')

/** The shell commands that install these by hand. */
const installCommands = async (
  { packages, needsJars, images }: Pick<InstallationPlan, 'packages' | 'needsJars' | 'images'>,
  host: Host,
): Promise<string[]> => {
  const sudo = host.isRoot ? '' : 'sudo '
  const names = packages.map(
    async (choice) => (await packageName(choice, host)) ?? choice.candidates.at(-1) ?? '',
  )
  const words = mavenArguments().map(shellWord)
  return [
    ...(packages.length === 0
      ? []
      : [
          `${sudo}apt-get update`,
          `${sudo}apt-get ${[...aptInstall, ...(await Promise.all(names))].join(' ')}`,
        ]),
    ...(needsJars ? [`mvn ${words.join(' ')}`] : []),
    ...images.map((image) => `docker pull ${image}`),
  ]
}

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`)

/** What would be installed, and the commands that do it: the answer to `--no-install`. */
export const describeForbidden = async (plan: InstallationPlan, host: Host): Promise<string> => {
  const variables = plan.missing.map((name) => servers[name].variable)
  return [
    `${isOrAre(plan.missing)} missing on this machine. Nothing was installed (--no-install).`,
    '',
    ...(await planLines(plan, host)),
    'npm run setup installs this. By hand:',
    '',
    ...indented(await installCommands(plan, host)),
    '',
    plan.missing.length === 1
      ? `Or start it elsewhere and give its address in ${list(variables)}.`
      : `Or start them elsewhere and give their addresses in ${list(variables)}.`,
  ].join('\n')
}

/** What each missing server needs, when part of it cannot be installed here, and what the user can do. */
export const describeUnobtainable = async (
  { missing }: InstallationPlan,
  tools: KafkaTools,
  host: Host,
): Promise<string> => {
  const requirements = missing.map((name) => {
    const { title, requirement, variable } = servers[name]
    return `  ${title.padEnd(9)} ${requirement}; or its address in ${variable}`
  })
  const packages = missing.flatMap((name) => packagesFor(name, tools))
  const commands =
    host.packageManager === 'brew'
      ? [`brew install ${missing.map((name) => servers[name].formula).join(' ')}`]
      : await installCommands({ packages, needsJars: false, images: [] }, host)
  return [
    'Missing on this machine:',
    ...requirements,
    '',
    ...(host.packageManager === undefined
      ? ['Install them with the package manager of this system.']
      : ['To install them:', '', ...indented(commands), '']),
    'Or start a Docker engine: it runs them from docker-compose.yml.',
  ].join('\n')
}

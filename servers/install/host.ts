import { hasDockerEngine, hasDockerImage, pullDockerImage } from '../docker-services.ts'
import type { KafkaProgram } from '../start-kafka.ts'
import { writeClassArchive } from './class-archive.ts'
import { installPackages, isDebian, isPackageAvailable } from './debian-packages.ts'
import { systemFolders } from './find-program.ts'
import type { SearchEnvironment, SearchPlaces } from './find-servers.ts'
import { downloadKafkaJars, kafkaJarsFolder } from './kafka-jars.ts'

type InstallOptions = { logFolder: string; signal?: AbortSignal | undefined }

/** What changes the machine. */
export type Installers = {
  /** Of each entry the first package that this Debian release has. */
  readonly packages: (packages: readonly (readonly string[])[], options: InstallOptions) => Promise<void>
  readonly jars: (maven: string, signal: AbortSignal | undefined) => Promise<void>
  readonly classArchive: (program: KafkaProgram, signal: AbortSignal | undefined) => Promise<void>
  readonly image: (image: string, options: InstallOptions) => Promise<void>
}

/** A machine: where to search it for programs, and how to install what it does not have. */
export type Host = SearchPlaces & {
  /** Undefined on a Linux that is not Debian or derived from it. */
  readonly packageManager: 'apt-get' | 'brew' | undefined
  readonly isRoot: boolean
  readonly isPackageAvailable: (name: string) => Promise<boolean>
  readonly hasDockerEngine: () => Promise<boolean>
  readonly hasDockerImage: (image: string) => Promise<boolean>
  readonly install: Installers
}

const findPackageManager = (): Host['packageManager'] => {
  if (process.platform === 'darwin') return 'brew'
  return isDebian() ? 'apt-get' : undefined
}

/** The machine that this process runs on. */
export const detectHost = (environment: SearchEnvironment): Host => ({
  environment,
  systemFolders,
  kafkaJarsFolder,
  packageManager: findPackageManager(),
  isRoot: process.getuid?.() === 0,
  isPackageAvailable,
  hasDockerEngine,
  hasDockerImage,
  install: {
    packages: installPackages,
    jars: downloadKafkaJars,
    classArchive: writeClassArchive,
    image: pullDockerImage,
  },
})

import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from '../processes/run-program.ts'

const pomFile = join(import.meta.dirname, 'kafka', 'pom.xml')

// Pinned like everything in the pom: without a version Maven would take whatever is newest today.
const copyDependencies = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies'

/** Where Kafka's jars are kept: shared by `npm start` and the tests of this checkout, in a folder for this very pom. */
export const jarsFolder = async (): Promise<string> => {
  const version = createHash('sha256')
    .update(await readFile(pomFile))
    .digest('hex')
    .slice(0, 12)
  return join(import.meta.dirname, '..', '..', '.firstcome', 'kafka-jars', version)
}

/** Whether the jars are there already. */
export const haveJars = async (): Promise<boolean> => existsSync(await jarsFolder())

/** Downloads the jars (43 MB) with Maven, unless they are there. Two processes may do so at once. */
export const fetchJars = async (maven: string, signal?: AbortSignal): Promise<void> => {
  const folder = await jarsFolder()
  if (existsSync(folder)) return
  // Complete before it has its name, so nobody sees half a download.
  const partFolder = `${folder}.${randomUUID()}`
  await mkdir(partFolder, { recursive: true })
  try {
    await runProgram({
      command: maven,
      arguments: [
        '--batch-mode',
        '--no-transfer-progress',
        '--strict-checksums',
        `--file=${pomFile}`,
        copyDependencies,
        '-DincludeScope=runtime',
        `-DoutputDirectory=${partFolder}`,
      ],
      logFile: `${folder}.log`,
      timeoutMs: 600_000,
      signal,
    })
    await rename(partFolder, folder)
  } catch (cause) {
    // ENOTEMPTY: another process was first, and its jars are as good.
    if (!existsSync(folder)) throw cause
  } finally {
    await rm(partFolder, { recursive: true, force: true })
  }
}

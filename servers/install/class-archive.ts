import { randomUUID } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { findFreePort } from '../ports.ts'
import { classArchiveOf, type KafkaProgram, startKafka } from '../start-kafka.ts'

/**
 * Runs a broker once, and keeps its classes beside the jars as Java has them in memory. The next starts read
 * them instead. From start to end two brokers took 1.8 and 2.1 s of processor, and two without it 3.3 and 3.4
 * (Java 17, 2026-11-30). Without it a broker only starts more slowly, so a failure is ignored.
 */
export const writeClassArchive = async (program: KafkaProgram, signal?: AbortSignal): Promise<void> => {
  const folder = `${program.jarsFolder}.${randomUUID()}`
  const classArchive = join(folder, 'classes.jsa')
  try {
    const broker = await startKafka({
      ...{ folder, program, signal, writesClassArchive: classArchive, stopWithinMs: 30_000 },
      ...{ port: await findFreePort(), controllerPort: await findFreePort() },
    })
    await broker.stop()
    await rename(classArchive, classArchiveOf(program.jarsFolder))
  } catch (cause) {
    if (signal?.aborted === true) throw cause
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

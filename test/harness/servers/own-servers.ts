import { join } from 'node:path'
import { inject } from 'vitest'
import { createProgressDisplay } from '../../../platform/progress-display.ts'
import { findFreeServerPorts, startServers } from '../../../servers/start-servers.ts'
import { migrate } from '../setup/whole-system.ts'

/** Servers of one test file alone, and the environment that our processes reach them by. */
export type OwnServers = {
  environment: Record<string, string>
  /** Pauses the process of a server, whose connections stay open, until `resume`. */
  pause(name: 'redis' | 'kafka' | 'database'): void
  /** Lets everything that was paused go on. */
  resume(): void
  stop(): Promise<void>
}

/**
 * Starts Redis, Kafka and MySQL with tables and topics, for tests that let a worker fail: it would take
 * partitions from the others.
 */
export const startOwnServers = async (folder: string): Promise<OwnServers> => {
  const servers = await startServers({
    folder: join(inject('folder'), folder),
    ports: await findFreeServerPorts(),
    // Whatever the environment gives is everybody's.
    environment: { ...process.env, REDIS_URL: '', KAFKA_BROKERS: '', DATABASE_URL: '' },
    progress: createProgressDisplay(process.stderr),
  })
  const environment = { ...inject('environment'), ...servers.environment }
  await migrate(environment)
  const paused = new Set<number>()
  const resume = (): void => {
    for (const pid of paused) process.kill(pid, 'SIGCONT')
    paused.clear()
  }
  return {
    ...{ environment, resume },
    pause(server) {
      const pid = servers.handles.find((handle) => handle.name === server)?.pid
      if (pid === undefined) throw new Error(`${server} is no process of this test`)
      process.kill(pid, 'SIGSTOP')
      paused.add(pid)
    },
    async stop() {
      resume()
      await servers.stop()
    },
  }
}

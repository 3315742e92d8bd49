import { readFile } from 'node:fs/promises'
import { cpus, loadavg, totalmem } from 'node:os'
import { z } from 'zod'

/** What figures were measured on. It does not name the machine. */
export type Machine = {
  processors: string
  memoryGb: number
  node: string
  database: string
  /** Pinned versions of the packages on the measured path. */
  packages: Record<string, string>
  date: string
  /** Load average of the minute before the run: figures of a busy machine vary. */
  loadBefore: number
}

const onThePath = ['hono', '@hono/node-server', 'kafkajs', 'ioredis', 'mysql2', 'autocannon']
const manifestShape = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
})

/** Describes this machine. `database` is the version that the server reports. */
export const describeMachine = async (database: string, date: Date): Promise<Machine> => {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  const { dependencies, devDependencies } = manifestShape.parse(JSON.parse(text))
  const versions = { ...devDependencies, ...dependencies }
  const processors = cpus()
  return {
    processors: `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}`,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    database,
    packages: Object.fromEntries(onThePath.map((name) => [name, versions[name] ?? 'unknown'])),
    date: date.toISOString().slice(0, 10),
    loadBefore: loadavg()[0] ?? 0,
  }
}

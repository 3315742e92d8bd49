import { readFile } from 'node:fs/promises'
import { cpus, loadavg, totalmem } from 'node:os'
import { z } from 'zod'

/** Where and with what figures were measured; nothing that names the machine. */
export type Machine = {
  processors: string
  memoryGb: number
  node: string
  database: string
  /** Pinned versions of what lies on the path. */
  packages: Record<string, string>
  date: string
  /** Processes that wanted a processor in the minute before the run: figures of a busy machine say little. */
  loadBefore: number
}

const onThePath = ['hono', '@hono/node-server', 'kafkajs', 'ioredis', 'mysql2', 'autocannon']
const manifestShape = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
})

/** Describes this machine. `database` is what the server calls itself. */
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

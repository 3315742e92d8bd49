import { fileURLToPath } from 'node:url'
import { type ServingProcess, startServingProcess } from '../processes/serving-process.ts'

/** The web servers that the API is compared with, and what reports call them. */
export const baselineLabels = { node: 'bare node:http', hono: 'bare Hono' } as const

export type BaselineName = keyof typeof baselineLabels

/** Their names, in the order of reports. */
export const baselineNames = Object.keys(baselineLabels) as BaselineName[]

const program = fileURLToPath(new URL('main.ts', import.meta.url))

/** Starts a baseline on a free port. Rejects `unavailable` when it does not start. */
export const startBaseline = (name: BaselineName, jwtSecret: string): Promise<ServingProcess> =>
  startServingProcess({
    ...{ name: baselineLabels[name], program },
    environment: { BASELINE: name, JWT_SECRET: jwtSecret },
  })

/** Runs a baseline while `work` runs. */
export const withBaseline = async <Result>(
  name: BaselineName,
  jwtSecret: string,
  work: (server: ServingProcess) => Promise<Result>,
): Promise<Result> => {
  const server = await startBaseline(name, jwtSecret)
  try {
    return await work(server)
  } finally {
    await server.stop()
  }
}

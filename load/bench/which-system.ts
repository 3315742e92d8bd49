/** The system that a benchmark measures, and the environment that it is reached with. */
export type MeasuredSystem =
  /** `--url` or `API_URL` names it: it has to answer. `running` was started by `npm start` in this folder. */
  | { kind: 'given' | 'running'; environment: NodeJS.ProcessEnv }
  /** None was named and none runs. `environment` is what `npm start` would be given. */
  | { kind: 'own'; environment: NodeJS.ProcessEnv }

export type WhichSystem = {
  /** The option. */
  url: string | undefined
  environment: NodeJS.ProcessEnv
  /** What `npm start` wrote down for other terminals; empty where it never ran. */
  kept: NodeJS.ProcessEnv
  /** Whether a system that is ready answers where this environment says. */
  isReady(environment: NodeJS.ProcessEnv): Promise<boolean>
}

/**
 * A system that the user names is measured, whatever else runs. Otherwise the one that runs here is, and
 * where none is ready the benchmark has its own.
 */
export const whichSystem = async ({
  url,
  environment,
  kept,
  isReady,
}: WhichSystem): Promise<MeasuredSystem> => {
  const all = { ...kept, ...environment }
  if (url !== undefined || (environment['API_URL'] ?? '') !== '') return { kind: 'given', environment: all }
  // Without the secret of its tokens no shopper could press there.
  const isOurs = (all['JWT_SECRET'] ?? '') !== ''
  return isOurs && (await isReady(all)) ? { kind: 'running', environment: all } : { kind: 'own', environment }
}

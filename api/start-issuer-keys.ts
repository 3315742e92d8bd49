import type { Logger } from '../platform/log/logger.ts'
import { createIssuerKeys, type IssuerKeys } from '../platform/tokens/issuer-keys.ts'
import { parseKeySet } from '../platform/tokens/key-set.ts'
import { fetchKeySet, readKeySetFile } from '../platform/tokens/read-key-set.ts'

export type IssuerKeysSource = {
  file: string | undefined
  url: string | undefined
  refreshMs: number
  log: Logger
  monotonicMs(): number
}

/** An issuer publishes a key before it signs with it, and a timer reads it: this is for one that does not. */
const cooldownMs = 30_000

/**
 * Begins to read the keys of the token issuer, from a file or from its server; `undefined` without either.
 * A file that is no key set is refused here. A server that does not answer is asked again until it does.
 */
export const startIssuerKeys = async ({
  file,
  url,
  ...options
}: IssuerKeysSource): Promise<IssuerKeys | undefined> => {
  if (file === undefined && url === undefined) return undefined
  if (file !== undefined) parseKeySet(await readKeySetFile(file))
  const read = file === undefined ? () => fetchKeySet(url ?? '') : () => readKeySetFile(file)
  const keys = createIssuerKeys({ ...options, read, cooldownMs })
  await keys.refresh()
  return keys
}

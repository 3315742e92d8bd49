/** Every so many reads nothing is remembered: two digests can be equal by chance. */
const readsToForget = 20

/** Reads a value again only when its digest, which costs less to read, is another than at the last read. */
export const rememberWhileUnchanged = <Value>(
  readDigest: () => Promise<string>,
  read: () => Promise<Value>,
): (() => Promise<Value>) => {
  let known: { digest: string; value: Value } | undefined
  let reads = 0
  return async () => {
    reads += 1
    const digest = await readDigest()
    if (known?.digest !== digest || reads % readsToForget === 0) known = { digest, value: await read() }
    return known.value
  }
}

import { open } from 'node:fs/promises'
import { Failure } from '../failure.ts'

/** A hundred keys of 8,192 bits take two thirds of it without their certificates. */
export const keySetBytesMax = 262_144

/** Time for the whole answer of an issuer. */
const fetchTimeoutMs = 5_000

const tooLarge = (): Failure => new Failure('refused', `the key set has more than ${keySetBytesMax} bytes`)

/** Reads a key set from a file. */
export const readKeySetFile = async (file: string): Promise<string> => {
  const handle = await open(file)
  try {
    const bytes = Buffer.alloc(keySetBytesMax + 1)
    let length = 0
    for (;;) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length)
      length += bytesRead
      if (length > keySetBytesMax) throw tooLarge()
      if (bytesRead === 0) return bytes.toString('utf8', 0, length)
    }
  } finally {
    await handle.close()
  }
}

/**
 * Fetches a key set. It takes 5 s and `keySetBytesMax` at the most, and follows no redirect: whoever the
 * issuer's server points to is not the issuer.
 */
export const fetchKeySet = async (url: string, timeoutMs = fetchTimeoutMs): Promise<string> => {
  const response = await fetch(url, {
    headers: { accept: 'application/jwk-set+json, application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel()
    throw new Failure('unavailable', `the issuer answered ${response.status}`)
  }
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > keySetBytesMax) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Keys from elsewhere come by TLS. On this machine nobody listens in between. */
export const isSafeKeySetUrl = (text: string): boolean => {
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '') return false
  const isHere = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)
  return url.protocol === 'https:' || (url.protocol === 'http:' && isHere)
}

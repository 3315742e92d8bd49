/** A set of names that expire, in bounded memory: a full set drops its oldest name for a new one. */
export type ExpiringSet = {
  add(name: string): void
  has(name: string): boolean
  delete(name: string): void
}

export type ExpiringSetOptions = { lifetimeMs: number; sizeMax: number; monotonicMs(): number }

export const createExpiringSet = ({ lifetimeMs, sizeMax, monotonicMs }: ExpiringSetOptions): ExpiringSet => {
  const expiryMs = new Map<string, number>()
  return {
    add(name) {
      const [oldest] = expiryMs.keys()
      if (expiryMs.size >= sizeMax && oldest !== undefined) expiryMs.delete(oldest)
      expiryMs.set(name, monotonicMs() + lifetimeMs)
    },
    has: (name) => (expiryMs.get(name) ?? 0) > monotonicMs(),
    delete: (name) => void expiryMs.delete(name),
  }
}

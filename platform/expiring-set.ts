/** Remembers names for a short while, in bounded memory: past the bound the oldest is forgotten. */
export type ExpiringSet = {
  add(name: string): void
  has(name: string): boolean
  delete(name: string): void
}

export type ExpiringSetOptions = { forMs: number; namesMax: number; monotonicMs(): number }

export const createExpiringSet = ({ forMs, namesMax, monotonicMs }: ExpiringSetOptions): ExpiringSet => {
  const until = new Map<string, number>()
  return {
    add(name) {
      const [oldest] = until.keys()
      if (until.size >= namesMax && oldest !== undefined) until.delete(oldest)
      until.set(name, monotonicMs() + forMs)
    },
    has: (name) => (until.get(name) ?? 0) > monotonicMs(),
    delete: (name) => void until.delete(name),
  }
}

import type { RecordedChange } from '../../../coupon/ledger/change-settings.ts'

/** A change of a campaign in the ledger; `stock` is that after it. */
export const recordedChange = ({
  stock = 100,
  ...changes
}: Partial<Omit<RecordedChange, 'settings'>> & { stock?: number } = {}): RecordedChange => ({
  ...{ version: 1, action: 'created', atMs: 0, by: 'olga', from: '127.0.0.1', reason: null },
  settings: {
    ...{ name: 'Test sale', stock, perUserLimit: 1, opensAtMs: 0, closesAtMs: 9_000_000 },
    coupon: {
      ...{ title: 'Off', discount: { kind: 'percent', value: 10 } },
      ...{ usableFromMs: 0, usableUntilMs: 9_000_000 },
    },
  },
  ...changes,
})

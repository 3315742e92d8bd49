import type { GateView } from '../../../coupon/gate/gate.ts'

/** What a gate shows of an open campaign with a stock of 10; `changes` replace fields of it. */
export const openGateView = (changes: Partial<GateView> = {}): GateView => ({
  ...{
    armed: true,
    nowMs: 0,
    epoch: 1,
    state: 'open',
    stock: 10,
    granted: 0,
    lastGrantAtMs: 0,
    version: 1,
    progress: '',
  },
  isHalted: false,
  document: {
    ...{ name: 'A sale', opensAtMs: 1_000, closesAtMs: 9_000, perUserLimit: 1 },
    coupon: {
      title: 'x',
      discount: { kind: 'percent', value: 5 },
      usableFromMs: 1_000,
      usableUntilMs: 9_000,
    },
  },
  ...changes,
})

import type { NewCampaign } from '../../client/operator-client.ts'

/** A campaign that is to be created, and to be open then. */
export type OpenCampaign = {
  name: string
  stock: number
  /** From now; an hour when left out. */
  opensForMs?: number
}

const hourMs = 3_600_000

/** The body that creates a campaign which is open now. */
export const openCampaignDocument = ({ name, stock, opensForMs = hourMs }: OpenCampaign): NewCampaign => {
  const nowMs = Date.now()
  const at = (offsetMs: number): string => new Date(nowMs + offsetMs).toISOString()
  return {
    name,
    stock,
    // The clocks of two machines differ.
    opensAt: at(-60_000),
    closesAt: at(opensForMs),
    coupon: {
      title: 'Ten percent off',
      discount: { kind: 'percent', value: 10 },
      usableUntil: at(opensForMs),
    },
  }
}

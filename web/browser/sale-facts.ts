import type { PublicCampaign, ShopperClient } from '../../client/shopper-client.ts'
import type { SaleFacts } from './button-model.ts'

/** Once the stream has failed. Spread, so that pages that were cut off together do not return together. */
const pollMs = (): number => 4_000 + Math.random() * 2_000

/** What a page or the API says of a sale. */
export const factsOf = ({
  state,
  stock,
  remaining,
  opensAt,
  closesAt,
}: Pick<PublicCampaign, 'state' | 'stock' | 'remaining' | 'opensAt' | 'closesAt'>): SaleFacts => ({
  ...{ state, stock, remaining, opensAtMs: Date.parse(opensAt), closesAtMs: Date.parse(closesAt) },
})

/**
 * Tells what everybody knows of a sale, as it changes: by server-sent events, and by asking while these do
 * not come. `onFacts` gets `undefined` for a sale that does not exist.
 */
export const followSale = (
  {
    client,
    server,
    campaignId,
  }: { client: Pick<ShopperClient, 'campaign'>; server: string; campaignId: string },
  onFacts: (facts: SaleFacts | undefined) => void,
): { stop(): void } => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isStopped = false
  const ask = async (): Promise<void> => {
    try {
      onFacts(factsOf(await client.campaign(campaignId)))
    } catch (cause) {
      if ((cause as { code?: string }).code === 'unknown-campaign') onFacts(undefined)
    }
    clearTimeout(timer)
    if (!isStopped && !isStreaming) timer = setTimeout(() => void ask(), pollMs())
  }
  let isStreaming = false
  const events = new EventSource(`${server}/v1/campaigns/${encodeURIComponent(campaignId)}/events`)
  for (const name of ['campaign', 'closed'])
    events.addEventListener(name, ({ data }: MessageEvent<string>) => {
      isStreaming = true
      clearTimeout(timer)
      onFacts(factsOf(JSON.parse(data) as PublicCampaign))
    })
  events.addEventListener('error', () => {
    if (!isStreaming && timer !== undefined) return
    isStreaming = false
    void ask()
  })
  void ask()
  return {
    stop() {
      isStopped = true
      clearTimeout(timer)
      events.close()
    },
  }
}

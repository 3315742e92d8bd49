import type { PublicCampaign, ShopperClient } from '../../client/shopper-client.ts'
import type { SaleFacts } from './button-model.ts'

/** Until a sale that could not be read is asked for again. */
const retryMs = 3_000

/** What a page, an event or the API says of a sale. */
export type PublicFacts = Pick<
  PublicCampaign,
  'state' | 'stock' | 'remaining' | 'opensAt' | 'closesAt' | 'soldOutAt' | 'serverTime'
>

/** The facts with times as numbers. */
export const factsOf = ({
  state,
  stock,
  remaining,
  opensAt,
  closesAt,
  soldOutAt,
}: Omit<PublicFacts, 'serverTime'>): SaleFacts => ({
  ...{ state, stock, remaining, opensAtMs: Date.parse(opensAt), closesAtMs: Date.parse(closesAt) },
  soldOutAtMs: soldOutAt === null ? undefined : Date.parse(soldOutAt),
})

/**
 * Tells what everybody knows of a sale, as it changes: by server-sent events. While these do not come it
 * asks, when the last answer says that it is worth it. A sale that is closed stays so, and is asked for no
 * more. `onFacts` gets `undefined` for a sale that does not exist. `refresh` asks now.
 */
export const followSale = (
  {
    client,
    server,
    campaignId,
  }: {
    client: Pick<ShopperClient, 'campaign'>
    server: string
    campaignId: string
  },
  onFacts: (facts: SaleFacts | undefined) => void,
): { refresh(): void; stop(): void } => {
  let lastAtMs = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let [isStreaming, isStopped] = [false, false]
  const events = new EventSource(`${server}/v1/campaigns/${encodeURIComponent(campaignId)}/events`)
  const stop = (): void => {
    isStopped = true
    clearTimeout(timer)
    events.close()
  }
  const tell = (told: PublicFacts): void => {
    const atMs = Date.parse(told.serverTime)
    // An answer from a cache can be older than an event, behind which nothing may come any more.
    if (atMs < lastAtMs) return
    lastAtMs = atMs
    onFacts(factsOf(told))
    if (told.state === 'closed') stop()
  }
  const ask = async (): Promise<void> => {
    let waitMs = retryMs
    try {
      const campaign = await client.campaign(campaignId)
      if (isStopped) return
      tell(campaign)
      waitMs = campaign.refreshAfterMs ?? retryMs
    } catch (cause) {
      if ((cause as { code?: string }).code === 'unknown-campaign') onFacts(undefined)
    }
    clearTimeout(timer)
    // Pages that were cut off together do not return together.
    if (!isStopped && !isStreaming) timer = setTimeout(() => void ask(), waitMs * (1 + Math.random()))
  }
  for (const name of ['campaign', 'closed'])
    events.addEventListener(name, ({ data }: MessageEvent<string>) => {
      isStreaming = true
      clearTimeout(timer)
      tell(JSON.parse(data) as PublicCampaign)
    })
  events.addEventListener('error', () => {
    if (isStopped || (!isStreaming && timer !== undefined)) return
    isStreaming = false
    void ask()
  })
  void ask()
  return {
    refresh: () => {
      if (!isStopped) void ask()
    },
    stop,
  }
}

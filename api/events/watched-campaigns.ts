/** Campaigns that a frame shows because a console watches them, beside the most active ones. */
export const watchedCampaignsMax = 20

/** The campaigns that consoles of this process watch by name. */
export type WatchedCampaigns = {
  /** Returns what ends it, once. */
  add(campaignId: string): () => void
  /** Those that are shown: the first to come. When one is left, the next moves up. */
  shown(): string[]
  /** How many other campaigns consoles watch. */
  others(): number
}

export const createWatchedCampaigns = (): WatchedCampaigns => {
  const consoles = new Map<string, number>()
  return {
    add(campaignId) {
      consoles.set(campaignId, (consoles.get(campaignId) ?? 0) + 1)
      let isOver = false
      return () => {
        if (isOver) return
        isOver = true
        const left = (consoles.get(campaignId) ?? 1) - 1
        if (left === 0) consoles.delete(campaignId)
        else consoles.set(campaignId, left)
      }
    },
    shown: () => [...consoles.keys()].slice(0, watchedCampaignsMax),
    others: () => Math.max(0, consoles.size - watchedCampaignsMax),
  }
}

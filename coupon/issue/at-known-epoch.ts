import { Failure } from '../../platform/failure.ts'
import type { Registry } from '../campaigns/registry.ts'

const recovering = (detail: string): Failure => new Failure('recovering', detail)

/**
 * Calls a gate at the epoch that this process knows. When the gate was armed again since it was read it is
 * called once more, never with an epoch below one that was seen. Rejects `recovering`.
 */
export const atKnownEpoch = async <Result extends { kind: string }>(
  registry: Pick<Registry, 'known' | 'refresh'>,
  campaignId: string,
  call: (epoch: number) => Promise<Result>,
): Promise<Result> => {
  const epoch = registry.known(campaignId)?.view.epoch
  if (epoch === undefined) throw recovering('the campaign is no longer listed')
  const result = await call(epoch)
  if (result.kind !== 'epoch') return result
  const found = await registry.refresh(campaignId, 0)
  // safeguard: no grant in an epoch below one that was seen
  if (found.kind !== 'live' || found.campaign.view.epoch <= epoch) throw recovering(`epoch ${epoch} is over`)
  return call(found.campaign.view.epoch)
}

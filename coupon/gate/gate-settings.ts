import {
  type Campaign,
  type CampaignDocument,
  decodeDocument,
  encodeDocument,
  type OperatorState,
} from '../campaign.ts'
import { wholeNumber } from './reply.ts'

/** The settings of a campaign as its gate has them, at `version`, and the epoch of the gate. */
export type GateSettings = CampaignDocument & {
  epoch: number
  version: number
  state: OperatorState
  stock: number
}

/** Settings as the last seven values of flip.lua and apply.lua. */
export const packSettings = (campaign: Omit<Campaign, 'id' | 'epoch'>): (string | number)[] => {
  const { state, stock, opensAtMs, closesAtMs, perUserLimit, version } = campaign
  return [state, stock, opensAtMs, closesAtMs, perUserLimit, version, encodeDocument(campaign)]
}

/** The fields of a gate that are its settings, in the order in which `parseSettings` takes them. */
export const settingsFields = [
  'epoch',
  'version',
  'state',
  'stock',
  'opensAtMs',
  'closesAtMs',
  'perUserLimit',
  'document',
]

/** `undefined` for a gate that is missing, lacks one of them or is being armed. Throws on any other value. */
export const parseSettings = (fields: readonly unknown[]): GateSettings | undefined => {
  const [epoch, version, state, stock, opensAtMs, closesAtMs, perUserLimit, document] = fields
  if (state !== 'open' && state !== 'paused' && state !== 'closed') return undefined
  if (fields.some((field) => typeof field !== 'string')) return undefined
  const number = (value: unknown): number => wholeNumber('settings', value)
  return {
    ...decodeDocument(String(document)),
    epoch: number(epoch),
    version: number(version),
    state,
    stock: number(stock),
    opensAtMs: number(opensAtMs),
    closesAtMs: number(closesAtMs),
    perUserLimit: number(perUserLimit),
  }
}

import type { Campaign, ChangedCampaign } from '../../../client/contract-types.ts'
import { ApiError, type ChangeOptions } from '../../../client/operator-client.ts'
import { campaignTexts } from '../../texts/campaign-texts.ts'
import { formTexts } from '../../texts/form-texts.ts'
import type { Wording } from '../../texts/language.ts'
import { type Confirmation, confirmAndDo } from './confirm-dialog.ts'
import type { Session } from './console-session.ts'
import { element, field } from './elements.ts'
import { needsFigures } from './figures-switch.ts'
import { countText, tell } from './words.ts'

type Change = {
  name: Wording
  lead: string
  extra?: readonly HTMLElement[]
  isOffered: boolean
  class?: string
  act(options: ChangeOptions): Promise<ChangedCampaign>
}

/**
 * The buttons that change a campaign. Each asks for its name and a reason, and changes the version that was
 * seen. `onChanged` gets what to say, also when somebody else was faster.
 */
export const createCampaignActions = (
  { client }: Session,
  campaign: Campaign,
  onChanged: (text: string) => void,
): HTMLElement => {
  const { id, name, state, stock, version, rehearsalOf } = campaign
  const newStock = element('input', { type: 'number', min: stock + 1, step: 1, value: stock })
  const isOver = state === 'closed'
  const changes: Change[] = [
    {
      ...{ name: campaignTexts.pause, lead: tell(campaignTexts.pauseLead) },
      isOffered: !isOver && state !== 'paused',
      act: (options) => client.pause(id, options),
    },
    {
      ...{ name: campaignTexts.resume, lead: tell(campaignTexts.resumeLead) },
      isOffered: state === 'paused',
      act: (options) => client.resume(id, options),
    },
    {
      ...{ name: campaignTexts.raise, lead: tell(campaignTexts.raiseLead, { stock: countText(stock) }) },
      extra: [field(tell(campaignTexts.newStock), newStock)],
      ...{ isOffered: !isOver, class: needsFigures },
      act: (options) => client.raiseStock(id, newStock.valueAsNumber, options),
    },
    {
      ...{ name: campaignTexts.end, lead: tell(campaignTexts.endLead) },
      isOffered: !isOver,
      act: (options) => client.close(id, options),
    },
  ]

  const ask = async ({ name: word, act, lead, extra = [] }: Change): Promise<void> => {
    let said = tell(campaignTexts.done)
    const confirmation: Confirmation = {
      ...{ title: `${tell(word)}: ${name}`, lead, extra, needsReason: true, button: tell(word) },
      typed: {
        label: tell(campaignTexts.typeName, { name }),
        accepts: (text) => text.trim() === name.trim(),
      },
      async act(reason) {
        try {
          const { recorded, applied, detail } = await act({ reason, ifVersion: version })
          if (!recorded || !applied) said = detail ?? tell(campaignTexts.notEverywhere)
        } catch (cause) {
          if (!(cause instanceof ApiError) || cause.code !== 'version') throw cause
          // Trying again cannot help: the page has to show what the campaign is now.
          said = tell(campaignTexts.otherVersion)
        }
      },
    }
    if (await confirmAndDo(confirmation)) onChanged(said)
  }
  return element(
    'p',
    { class: 'actions' },
    ...changes
      .filter(({ isOffered }) => isOffered)
      .map((change) =>
        element(
          'button',
          { type: 'button', class: change.class, onclick: () => void ask(change) },
          tell(change.name),
        ),
      ),
    // A rehearsal is a copy: its campaign is what can be edited.
    isOver || rehearsalOf !== null
      ? undefined
      : element(
          'a',
          { class: `button ${needsFigures}`, href: `#/campaigns/${encodeURIComponent(id)}/edit` },
          tell(formTexts.edit),
        ),
  )
}

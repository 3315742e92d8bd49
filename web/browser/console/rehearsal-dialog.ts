import type { Campaign } from '../../../client/contract-types.ts'
import { rehearsalTexts } from '../../texts/rehearsal-texts.ts'
import { confirmAndDo } from './confirm-dialog.ts'
import type { Session } from './console-session.ts'
import { element, field } from './elements.ts'
import { plainText, tell } from './words.ts'

/** What is filled in before somebody changes it: 20 s, in which there is time to look and to pause. */
const [usualShoppers, usualPerSecond] = [10_000, 500]

const numberField = (label: string, max: number, usual: number): [HTMLElement, HTMLInputElement] => {
  const input = element('input', { type: 'number', min: 1, max, step: 1, value: Math.min(max, usual) })
  return [field(label, input, tell(rehearsalTexts.atMost, { max: plainText(max) })), input]
}

/**
 * The button that rehearses a campaign, and goes to the rehearsal; undefined where there are none,
 * and while it is under way.
 */
export const createRehearseButton = (session: Session, campaign: Campaign): HTMLElement | undefined => {
  const { client, mayChange, rehearsals } = session
  const isUnderWay = campaign.rehearsalOf !== null && campaign.state !== 'closed'
  if (!mayChange || rehearsals === null || isUnderWay) return undefined
  const name = tell(campaign.rehearsalOf === null ? rehearsalTexts.rehearse : rehearsalTexts.again)
  const ask = async (): Promise<void> => {
    const { shoppersMax, perSecondMax } = rehearsals
    const [shoppersField, shoppers] = numberField(tell(rehearsalTexts.shoppers), shoppersMax, usualShoppers)
    const [rateField, rate] = numberField(tell(rehearsalTexts.perSecond), perSecondMax, usualPerSecond)
    let id = ''
    const isDone = await confirmAndDo({
      ...{ title: `${name}: ${campaign.name}`, lead: tell(rehearsalTexts.lead) },
      ...{ extra: [shoppersField, rateField], needsReason: true, button: tell(rehearsalTexts.start) },
      async act(reason) {
        const [count, perSecond] = [shoppers.valueAsNumber, rate.valueAsNumber]
        id = (await client.rehearse(campaign.id, { shoppers: count, perSecond, reason })).id
      },
    })
    if (isDone) location.hash = `#/campaigns/${id}`
  }
  return element('button', { type: 'button', onclick: () => void ask() }, name)
}

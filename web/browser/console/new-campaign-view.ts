import type { NewCampaign } from '../../../client/contract-types.ts'
import { campaignTexts } from '../../texts/campaign-texts.ts'
import { type CampaignInput, costOf, isTyped, readCampaignForm } from './campaign-form.ts'
import { confirmAndDo } from './confirm-dialog.ts'
import type { Session } from './console-session.ts'
import { element, field, setText } from './elements.ts'
import { countText, tell } from './words.ts'

const hourMs = 3_600_000

/** A time of this machine's clock, as an input of the browser has it. */
const localTime = (ms: number): string => {
  const zoneMs = new Date(ms).getTimezoneOffset() * 60_000
  return new Date(ms - zoneMs).toISOString().slice(0, 16)
}

const createInputs = (): Record<keyof CampaignInput, HTMLInputElement | HTMLSelectElement> => {
  // On the next whole hour, a day ahead.
  const startMs = Math.ceil(Date.now() / hourMs) * hourMs + 24 * hourMs
  const text = (value = ''): HTMLInputElement => element('input', { autocomplete: 'off', value })
  const digits = (value: string): HTMLInputElement =>
    element('input', { autocomplete: 'off', inputmode: 'decimal', value })
  const time = (ms: number): HTMLInputElement =>
    element('input', { type: 'datetime-local', step: 1, value: localTime(ms) })
  return {
    ...{ name: text(), stock: digits('10000'), perUser: digits('1') },
    ...{
      opensAt: time(startMs),
      closesAt: time(startMs + 24 * hourMs),
      usableUntil: time(startMs + 720 * hourMs),
    },
    ...{ timeZone: text(Intl.DateTimeFormat().resolvedOptions().timeZone), couponTitle: text() },
    kind: element(
      'select',
      {},
      element('option', { value: 'amount' }, tell(campaignTexts.amount)),
      element('option', { value: 'percent' }, tell(campaignTexts.percent)),
    ),
    ...{ worth: digits('10000'), currency: text('KRW') },
  }
}

/** The form of a new campaign. What it can cost has to be typed before anything is sent. */
export const createNewCampaignView = ({ client }: Session): HTMLElement => {
  const inputs = createInputs()
  const names = Object.keys(inputs) as (keyof CampaignInput)[]
  const fault = element('p', { class: 'fault', role: 'alert' })
  // One key for one campaign: a repeat after a lost answer creates no second one.
  let sent = { text: '', key: '' }

  const create = async (campaign: NewCampaign): Promise<string> => {
    const text = JSON.stringify(campaign)
    if (sent.text !== text) sent = { text, key: crypto.randomUUID() }
    return (await client.createCampaign(campaign, sent.key)).id
  }
  const review = async (): Promise<void> => {
    const values = Object.fromEntries(names.map((name) => [name, inputs[name].value])) as CampaignInput
    const campaign = readCampaignForm(values)
    if (Array.isArray(campaign)) {
      const fields = campaign.map((name) => tell(campaignTexts[name])).join(', ')
      setText(fault, tell(campaignTexts.missing, { fields }))
      return inputs[campaign[0] ?? 'name'].focus()
    }
    setText(fault, '')
    const { value, total } = costOf(campaign)
    let id = ''
    const isDone = await confirmAndDo({
      ...{ title: campaign.name, needsReason: false, button: tell(campaignTexts.schedule) },
      lead: tell(campaignTexts.typeSum),
      extra: [
        element(
          'p',
          { class: 'sum' },
          tell(campaignTexts.sum, { stock: countText(campaign.stock), value, total }),
        ),
      ],
      typed: { label: total, accepts: (text) => isTyped(text, total) },
      async act() {
        id = await create(campaign)
      },
    })
    if (isDone) location.hash = `#/campaigns/${id}`
  }
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const form = element(
    'form',
    {
      ...{ class: 'form', novalidate: true },
      onsubmit: (event) => {
        event.preventDefault()
        void review()
      },
    },
    ...names.map((name) => field(tell(campaignTexts[name]), inputs[name])),
    element('p', { class: 'note' }, tell(campaignTexts.timesIn, { zone })),
    fault,
    element(
      'p',
      { class: 'actions' },
      element('button', { type: 'submit', class: 'strong' }, tell(campaignTexts.review)),
    ),
  )
  return element(
    'div',
    {},
    element('p', {}, element('a', { href: '#/campaigns' }, `← ${tell(campaignTexts.back)}`)),
    element('h1', {}, tell(campaignTexts.create)),
    form,
  )
}

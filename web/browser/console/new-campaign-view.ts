import type { NewCampaign, PlannedPreflight } from '../../../client/contract-types.ts'
import { campaignTexts } from '../../texts/campaign-texts.ts'
import { formTexts } from '../../texts/form-texts.ts'
import { localTime } from './campaign-edit.ts'
import { createCampaignFields, fieldLabel } from './campaign-fields.ts'
import { type CampaignInput, costOf, type FieldName, isTyped, readCampaignForm } from './campaign-form.ts'
import { confirmAndDo } from './confirm-dialog.ts'
import type { Session } from './console-session.ts'
import { element, setText } from './elements.ts'
import { needingFigures } from './figures-switch.ts'
import { faultsOf } from './form-faults.ts'
import { preflightSheet } from './preflight-sheet.ts'
import { countText, failureText, tell } from './words.ts'

const hourMs = 3_600_000

const firstInput = (): CampaignInput => {
  // On the next whole hour, a day ahead.
  const startMs = Math.ceil(Date.now() / hourMs) * hourMs + 24 * hourMs
  return {
    ...{ name: '', stock: '10000', perUser: '1', usableFrom: '', couponTitle: '' },
    ...{ opensAt: localTime(startMs), closesAt: localTime(startMs + 24 * hourMs) },
    usableUntil: localTime(startMs + 720 * hourMs),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    ...{ kind: 'amount', worth: '10000', currency: 'KRW', rules: [] },
  }
}

/** The form of a new campaign. Before it is created, the person sees what it does and types its cost. */
export const createNewCampaignView = ({ client }: Session): HTMLElement => {
  const fields = createCampaignFields(firstInput())
  const fault = element('p', { class: 'fault', role: 'alert' })
  const status = element('p', { class: 'note', role: 'status' })
  const submit = element('button', { type: 'submit', class: 'strong' }, tell(campaignTexts.review))
  // One key for one campaign: a repeat after a lost answer creates no second one.
  let sent = { text: '', key: '' }

  const create = async (campaign: NewCampaign): Promise<string> => {
    const text = JSON.stringify(campaign)
    if (sent.text !== text) sent = { text, key: crypto.randomUUID() }
    return (await client.createCampaign(campaign, sent.key)).id
  }
  const namesOf = (names: Iterable<FieldName>): string => [...names].map(fieldLabel).join(', ')

  /** The preflight, or undefined when the campaign was refused, which is said then. */
  const check = async (campaign: NewCampaign): Promise<PlannedPreflight | undefined> => {
    submit.disabled = true
    setText(status, tell(formTexts.checking))
    try {
      return await client.preflightNew(campaign)
    } catch (cause) {
      const faults = faultsOf(cause)
      if (faults === undefined) setText(fault, tell(formTexts.notChecked, { why: failureText(cause) }))
      else {
        setText(fault, tell(formTexts.refused, { fields: namesOf(faults.keys()) }))
        fields.tellFaults(faults)
      }
      return undefined
    } finally {
      submit.disabled = false
      setText(status, '')
    }
  }
  const confirm = async (campaign: NewCampaign, preflight: PlannedPreflight): Promise<void> => {
    const { value, total } = costOf(campaign.stock, campaign.coupon.discount)
    const sum = tell(campaignTexts.sum, { stock: countText(campaign.stock), value, total })
    let id = ''
    const isDone = await confirmAndDo({
      ...{ title: campaign.name, needsReason: false, button: tell(campaignTexts.schedule) },
      lead: tell(formTexts.reviewLead),
      extra: [
        ...(preflight.verdict === 'failed'
          ? [element('p', { class: 'alarm', role: 'alert' }, tell(formTexts.preflightFailed))]
          : []),
        ...preflightSheet(preflight),
        element('p', {}, tell(campaignTexts.typeSum)),
        element('p', { class: 'sum' }, sum),
      ],
      typed: { label: total, accepts: (text) => isTyped(text, total) },
      async act() {
        id = await create(campaign)
      },
    })
    if (isDone) location.hash = `#/campaigns/${id}`
  }
  const review = async (): Promise<void> => {
    const campaign = readCampaignForm(fields.read())
    setText(fault, '')
    fields.tellFaults(new Map())
    if (Array.isArray(campaign)) {
      setText(fault, tell(campaignTexts.missing, { fields: namesOf(campaign) }))
      return fields.tellFaults(new Map(campaign.map((name) => [name, tell(formTexts.notUnderstood)])))
    }
    const preflight = await check(campaign)
    if (preflight !== undefined) await confirm(campaign, preflight)
  }
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const form = element(
    'form',
    {
      ...{ class: 'form', novalidate: true },
      onsubmit: (event) => {
        event.preventDefault()
        if (!submit.disabled) void review()
      },
    },
    ...fields.nodes,
    element('p', { class: 'note' }, tell(campaignTexts.timesIn, { zone })),
    fault,
    element('p', { class: 'actions' }, submit),
    status,
  )
  return element(
    'div',
    {},
    element('p', {}, element('a', { href: '#/campaigns' }, `← ${tell(campaignTexts.back)}`)),
    element('h1', {}, tell(campaignTexts.create)),
    needingFigures(form),
  )
}

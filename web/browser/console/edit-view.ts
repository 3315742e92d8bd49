import type { Campaign, CampaignEdit } from '../../../client/contract-types.ts'
import { ApiError } from '../../../client/operator-client.ts'
import { campaignTexts } from '../../texts/campaign-texts.ts'
import { consoleTexts } from '../../texts/console-texts.ts'
import { formTexts } from '../../texts/form-texts.ts'
import { changedFields, inputOfCampaign, inputText, readCampaignEdit } from './campaign-edit.ts'
import { createCampaignFields, fieldLabel } from './campaign-fields.ts'
import { type CampaignInput, costOf, type FieldName } from './campaign-form.ts'
import { confirmAndDo } from './confirm-dialog.ts'
import type { Session } from './console-session.ts'
import { element, setText } from './elements.ts'
import { needingFigures } from './figures-switch.ts'
import { faultsOf } from './form-faults.ts'
import { createPreflightSection } from './preflight-section.ts'
import { countText, failureText, tell } from './words.ts'

type Edit = Omit<CampaignEdit, 'reason'>

/** What nobody can change once people may have been told of it. */
const fixedByOpening: readonly FieldName[] = ['opensAt', 'couponTitle', 'worth', 'eligibility']

/** What differs, and what the campaign can cost then where that is not the same. */
const summaryOf = (input: CampaignInput, before: CampaignInput, edit: Edit, campaign: Campaign) => {
  const changed = changedFields(input, before)
  const text = (field: FieldName, own: CampaignInput): string =>
    inputText(field, own) || tell(formTexts.nothing)
  const lines = changed.map((field) =>
    tell(formTexts.fromTo, { field: fieldLabel(field), from: text(field, before), to: text(field, input) }),
  )
  const stock = edit.stock ?? campaign.stock
  const { value, total } = costOf(stock, edit.coupon?.discount ?? campaign.coupon.discount)
  const sum = tell(campaignTexts.sum, { stock: countText(stock), value, total })
  return [
    element('ul', {}, ...lines.map((line) => element('li', {}, line))),
    ...(edit.stock === undefined && edit.coupon?.discount === undefined
      ? []
      : [element('p', { class: 'sum' }, sum)]),
  ]
}

const codeOf = (cause: unknown): string => (cause instanceof ApiError ? cause.code : '')
const isOfFields = (cause: unknown): boolean => codeOf(cause) === 'version' || faultsOf(cause) !== undefined

/** The form that edits a campaign. `onDone` gets what to say when the campaign has the edit. */
const createEditForm = (
  { client }: Session,
  first: Campaign,
  onDone: (campaign: Campaign, text: string) => void,
): HTMLElement => {
  let campaign = first
  let before = inputOfCampaign(campaign)
  const fields = createCampaignFields(before)
  const fault = element('p', { class: 'fault', role: 'alert' })

  const hasOpened = ({ serverTime, opensAt }: Campaign): boolean =>
    Date.parse(serverTime) >= Date.parse(opensAt)
  if (hasOpened(campaign)) fields.fix(fixedByOpening, tell(formTexts.fixed))

  /** What somebody else changed is said beside its field. What was typed here stays. */
  const showOtherVersion = async (): Promise<void> => {
    campaign = await client.readCampaign(campaign.id)
    const [typed, now] = [fields.read(), inputOfCampaign(campaign)]
    const own = changedFields(typed, before)
    const others = changedFields(now, before)
    for (const field of others) if (!own.includes(field)) fields.set(field, now)
    before = now
    setText(fault, tell(formTexts.otherVersion))
    fields.tellFaults(
      new Map(
        others.map((field) => [
          field,
          tell(formTexts.changedMeanwhile, { value: inputText(field, now) || tell(formTexts.nothing) }),
        ]),
      ),
    )
  }
  const showFaults = (faults: ReadonlyMap<FieldName, string>, isFrozen: boolean): void => {
    const names = [...faults.keys()].map(fieldLabel).join(', ')
    setText(fault, isFrozen ? tell(formTexts.frozenAll) : tell(formTexts.refused, { fields: names }))
    fields.tellFaults(faults)
  }
  const save = async (): Promise<void> => {
    const input = fields.read()
    const edit = readCampaignEdit(input, before)
    setText(fault, '')
    fields.tellFaults(new Map())
    if (Array.isArray(edit)) {
      setText(fault, tell(campaignTexts.missing, { fields: edit.map(fieldLabel).join(', ') }))
      return fields.tellFaults(new Map(edit.map((name) => [name, tell(formTexts.notUnderstood)])))
    }
    if (changedFields(input, before).length === 0) return setText(fault, tell(formTexts.nothingChanged))
    const { id, name, version } = campaign
    let refused: unknown
    let changed: { campaign: Campaign; text: string } | undefined
    await confirmAndDo({
      ...{ title: tell(formTexts.editTitle, { name }), lead: tell(formTexts.editLead), needsReason: true },
      ...{ button: tell(formTexts.save), extra: summaryOf(input, before, edit, campaign) },
      typed: {
        label: tell(campaignTexts.typeName, { name }),
        accepts: (text) => text.trim() === name.trim(),
      },
      async act(reason) {
        try {
          const answer = await client.edit(id, edit, { reason, ifVersion: version })
          const isDone = answer.recorded && answer.applied
          const text = isDone
            ? tell(campaignTexts.done)
            : (answer.detail ?? tell(campaignTexts.notEverywhere))
          changed = { campaign: answer, text }
        } catch (cause) {
          // What concerns fields is said beside them, when the dialog is gone. The rest can be tried again.
          if (!isOfFields(cause)) throw cause
          refused = cause
        }
      },
    })
    if (changed !== undefined) return onDone(changed.campaign, changed.text)
    const faults = faultsOf(refused)
    if (faults !== undefined) return showFaults(faults, codeOf(refused) === 'frozen')
    if (refused !== undefined)
      await showOtherVersion().catch((cause: unknown) => setText(fault, failureText(cause)))
  }
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return element(
    'form',
    {
      ...{ class: 'form', novalidate: true },
      onsubmit: (event) => {
        event.preventDefault()
        void save()
      },
    },
    ...fields.nodes,
    element('p', { class: 'note' }, tell(campaignTexts.timesIn, { zone })),
    fault,
    element(
      'p',
      { class: 'actions' },
      element('button', { type: 'submit', class: 'strong' }, tell(campaignTexts.review)),
    ),
  )
}

/** Edits a campaign. Afterwards it shows what the campaign would do now. */
export const createEditView = (session: Session, campaignId: string): HTMLElement => {
  const [head, body] = [element('h1', {}, '…'), element('div')]
  const status = element('p', { class: 'result', role: 'status', tabindex: -1 })
  const load = async (): Promise<void> => {
    setText(status, tell(consoleTexts.loading))
    try {
      const campaign = await session.client.readCampaign(campaignId)
      setText(head, tell(formTexts.editTitle, { name: campaign.name }))
      setText(status, '')
      if (campaign.state === 'closed') return setText(status, tell(formTexts.over))
      const form = createEditForm(session, campaign, (edited, text) => {
        setText(head, tell(formTexts.editTitle, { name: edited.name }))
        body.replaceChildren(createPreflightSection(session, edited, true))
        setText(status, text)
        status.focus()
      })
      body.replaceChildren(needingFigures(form))
    } catch (cause) {
      setText(status, tell(campaignTexts.unread, { why: failureText(cause) }))
    }
  }
  void load()
  return element(
    'div',
    {},
    element(
      'p',
      {},
      element(
        'a',
        { href: `#/campaigns/${encodeURIComponent(campaignId)}` },
        `← ${tell(formTexts.backToCampaign)}`,
      ),
    ),
    head,
    status,
    body,
  )
}

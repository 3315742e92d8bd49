import { campaignTexts } from '../../texts/campaign-texts.ts'
import { formTexts } from '../../texts/form-texts.ts'
import type { Wording } from '../../texts/language.ts'
import { inputsOf } from './campaign-edit.ts'
import { type CampaignInput, type FieldName, type InputName, inputNames } from './campaign-form.ts'
import { element, field, setText } from './elements.ts'
import { createEligibilityFields } from './eligibility-fields.ts'
import { tell } from './words.ts'

type Control = HTMLInputElement | HTMLSelectElement

const labels: Record<InputName | FieldName, Wording> = { ...campaignTexts, ...formTexts }

/** The name of a field, for people. */
export const fieldLabel = (name: FieldName): string => tell(labels[name])

const createControls = (): Record<InputName, Control> => {
  const text = (): HTMLInputElement => element('input', { autocomplete: 'off' })
  const digits = (): HTMLInputElement => element('input', { autocomplete: 'off', inputmode: 'decimal' })
  const time = (): HTMLInputElement => element('input', { type: 'datetime-local', step: 1 })
  return {
    ...{ name: text(), stock: digits(), perUser: digits() },
    ...{ opensAt: time(), closesAt: time(), usableFrom: time(), usableUntil: time() },
    ...{ timeZone: text(), couponTitle: text() },
    kind: element(
      'select',
      {},
      element('option', { value: 'amount' }, tell(campaignTexts.amount)),
      element('option', { value: 'percent' }, tell(campaignTexts.percent)),
    ),
    ...{ worth: digits(), currency: text() },
  }
}

/** The fields of a campaign, to create one and to edit one. What is wrong with a field is said beside it. */
export const createCampaignFields = (values: CampaignInput) => {
  const controls = createControls()
  const eligibility = createEligibilityFields()
  const faults = new Map<FieldName, HTMLElement>([['eligibility', eligibility.fault]])
  const nodes = inputNames.map((name) => {
    const control = controls[name]
    const node = field(
      tell(labels[name]),
      control,
      name === 'usableFrom' ? tell(formTexts.usableFromHint) : undefined,
    )
    // The kind and the currency of a discount are of one field with its value.
    if (name === 'kind' || name === 'currency') return node
    const fault = element('small', { class: 'fault', id: `${control.id}-fault` })
    const described = [control.getAttribute('aria-describedby'), fault.id].filter(Boolean)
    control.setAttribute('aria-describedby', described.join(' '))
    faults.set(name, fault)
    node.append(fault)
    return node
  })
  const controlsOf = (name: FieldName): Control[] =>
    name === 'eligibility' ? eligibility.controls() : inputsOf(name).map((input) => controls[input])

  const read = (): CampaignInput => {
    const texts = Object.fromEntries(inputNames.map((name) => [name, controls[name].value]))
    return { ...(texts as Record<InputName, string>), rules: eligibility.values() }
  }
  const set = (name: FieldName, input: CampaignInput): void => {
    if (name === 'eligibility') eligibility.set(input.rules)
    for (const own of inputsOf(name)) controls[own].value = input[own]
  }
  const tellFault = (name: FieldName, text: string): void => {
    const fault = faults.get(name)
    if (fault !== undefined) setText(fault, text)
    for (const control of controlsOf(name)) {
      if (text === '') control.removeAttribute('aria-invalid')
      else control.setAttribute('aria-invalid', 'true')
    }
  }
  for (const name of faults.keys()) set(name, values)

  return {
    nodes: [...nodes, eligibility.node],
    read,
    set,
    /** Says beside each field what is wrong with it, and nothing beside the others. Goes to the first. */
    tellFaults(texts: ReadonlyMap<FieldName, string>): void {
      for (const name of faults.keys()) tellFault(name, texts.get(name) ?? '')
      const first = [...faults.keys()].find((name) => name !== 'eligibility' && texts.has(name))
      const target = first ?? (texts.has('eligibility') ? 'eligibility' : undefined)
      if (target !== undefined)
        controlsOf(target)
          .at(target === 'worth' ? 1 : 0)
          ?.focus()
    },
    /** Keeps fields as they are, and says why. */
    fix(names: readonly FieldName[], why: string): void {
      for (const name of names) {
        tellFault(name, '')
        const fault = faults.get(name)
        fault?.before(element('small', {}, why))
        if (name === 'eligibility') eligibility.disable()
        for (const control of controlsOf(name)) control.disabled = true
      }
    },
  }
}

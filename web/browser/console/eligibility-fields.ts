import { formTexts } from '../../texts/form-texts.ts'
import type { RuleInput } from './campaign-form.ts'
import { element, field } from './elements.ts'
import { tell } from './words.ts'

/** As many rules as a campaign may have. */
const rulesMax = 5

/** Who may have a coupon: a claim and its values, as often as it needs. */
export const createEligibilityFields = () => {
  const rows = element('div', { class: 'rules' })
  const hint = element('small', { id: 'eligibility-hint' }, tell(formTexts.eligibilityHint))
  const fault = element('small', { class: 'fault', id: 'eligibility-fault' })
  let inputs: { claim: HTMLInputElement; anyOf: HTMLInputElement }[] = []

  const addRow = ({ claim, anyOf }: RuleInput = { claim: '', anyOf: '' }): HTMLInputElement => {
    const n = inputs.length + 1
    const input = (value: string): HTMLInputElement =>
      element('input', { autocomplete: 'off', spellcheck: 'false', 'aria-describedby': fault.id, value })
    const row = { claim: input(claim), anyOf: input(anyOf) }
    inputs.push(row)
    rows.append(
      element(
        'div',
        { class: 'rule' },
        field(tell(formTexts.claim, { n }), row.claim),
        field(tell(formTexts.anyOf, { n }), row.anyOf),
      ),
    )
    more.hidden = inputs.length >= rulesMax
    return row.claim
  }
  const more = element('button', { type: 'button', onclick: () => addRow().focus() }, tell(formTexts.addRule))
  const node = element(
    'fieldset',
    { class: 'field', 'aria-describedby': `${hint.id} ${fault.id}` },
    element('legend', {}, tell(formTexts.eligibility)),
    hint,
    rows,
    element('p', {}, more),
    fault,
  )

  return {
    node,
    fault,
    values: (): RuleInput[] => inputs.map(({ claim, anyOf }) => ({ claim: claim.value, anyOf: anyOf.value })),
    set(rules: readonly RuleInput[]): void {
      inputs = []
      rows.replaceChildren()
      for (const rule of rules.length === 0 ? [undefined] : rules) addRow(rule)
    },
    controls: (): HTMLInputElement[] => inputs.flatMap(({ claim, anyOf }) => [claim, anyOf]),
    disable: (): void => void (node.disabled = true),
  }
}

import { campaignTexts } from '../../texts/campaign-texts.ts'
import { consoleTexts } from '../../texts/console-texts.ts'
import { element, field, setText } from './elements.ts'
import { failureText, tell } from './words.ts'

/** What a person confirms by hand. `act` rejects with the reason that is shown, and may be tried again. */
export type Confirmation = {
  title: string
  lead: string
  /** Fields between the lead and the confirmation. */
  extra?: readonly HTMLElement[]
  /** What has to be typed, and whether it was; left out for what harms nothing. */
  typed?: { label: string; accepts(text: string): boolean }
  needsReason: boolean
  button: string
  act(reason: string): Promise<void>
}

const reasonMax = 200

/** Asks in a dialog, and resolves with true once it was done; false when it was left. */
export const confirmAndDo = ({
  title,
  lead,
  extra = [],
  typed,
  needsReason,
  button,
  act,
}: Confirmation): Promise<boolean> =>
  new Promise((resolve) => {
    const typedInput = element('input', { autocomplete: 'off', spellcheck: 'false' })
    const reasonInput = element('input', { autocomplete: 'off', maxlength: reasonMax })
    const fault = element('p', { class: 'fault', role: 'alert' })
    const submit = element('button', { type: 'submit', class: 'strong' }, button)
    const heading = element('h2', { id: 'confirm-title' }, title)
    let isDone = false
    const run = async (): Promise<void> => {
      const reason = reasonInput.value.trim()
      if (needsReason && reason === '') {
        setText(fault, tell(campaignTexts.noReason))
        return reasonInput.focus()
      }
      if (typed !== undefined && !typed.accepts(typedInput.value)) {
        setText(fault, tell(campaignTexts.notTyped))
        return typedInput.focus()
      }
      setText(fault, '')
      submit.disabled = true
      try {
        await act(reason)
        isDone = true
        leave()
      } catch (cause) {
        setText(fault, failureText(cause))
      } finally {
        submit.disabled = false
      }
    }
    const form = element(
      'form',
      {
        novalidate: true,
        onsubmit: (event) => {
          event.preventDefault()
          if (!submit.disabled) void run()
        },
      },
      heading,
      element('p', {}, lead),
      ...extra,
      needsReason ? field(tell(campaignTexts.reason), reasonInput) : undefined,
      typed === undefined ? undefined : field(typed.label, typedInput),
      fault,
      element(
        'p',
        { class: 'actions' },
        submit,
        element('button', { type: 'button', onclick: () => leave() }, tell(consoleTexts.cancel)),
      ),
    )
    const dialog = element('dialog', { 'aria-labelledby': heading.id }, form)
    // Not at its `close` event, which comes later: a second dialog could be open by then.
    const leave = (): void => {
      dialog.close()
      dialog.remove()
      resolve(isDone)
    }
    dialog.addEventListener('cancel', leave)
    document.body.append(dialog)
    dialog.showModal()
  })

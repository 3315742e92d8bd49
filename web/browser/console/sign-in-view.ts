import { consoleTexts } from '../../texts/console-texts.ts'
import { openSession, type Session } from './console-session.ts'
import { element, field, setText } from './elements.ts'
import { failureText, tell } from './words.ts'

/** Asks for the token of an operator. `why` is said at once. */
export const createSignInView = (why: string, onSession: (session: Session) => void): HTMLElement => {
  const token = element('input', {
    type: 'password',
    autocomplete: 'off',
    spellcheck: 'false',
    autofocus: true,
  })
  const fault = element('p', { class: 'fault', role: 'alert' }, why)
  const submit = element('button', { type: 'submit', class: 'strong' }, tell(consoleTexts.signIn))
  const signIn = async (): Promise<void> => {
    if (token.value.trim() === '') return token.focus()
    submit.disabled = true
    try {
      const session = await openSession(token.value.trim())
      if (session !== undefined) return onSession(session)
      setText(fault, tell(consoleTexts.wrongToken))
      token.select()
    } catch (cause) {
      setText(fault, failureText(cause))
    } finally {
      submit.disabled = false
    }
  }
  return element(
    'div',
    { class: 'sign-in' },
    element('h1', {}, tell(consoleTexts.title)),
    element(
      'form',
      {
        novalidate: true,
        onsubmit: (event) => {
          event.preventDefault()
          void signIn()
        },
      },
      field(tell(consoleTexts.token), token, tell(consoleTexts.tokenHint)),
      fault,
      element('p', {}, submit),
    ),
    element('p', { class: 'note' }, tell(consoleTexts.signInLead)),
  )
}

import { consoleTexts } from '../../texts/console-texts.ts'
import { openSession, type Session } from './console-session.ts'
import { element, field, setText } from './elements.ts'
import { failureText, say } from './words.ts'

/** Asks for the token of an operator. `why` is said at once. */
export const createSignInView = (why: string, onSession: (session: Session) => void): HTMLElement => {
  const token = element('input', {
    type: 'password',
    autocomplete: 'off',
    spellcheck: 'false',
    autofocus: true,
  })
  const fault = element('p', { class: 'fault', role: 'alert' }, why)
  const submit = element('button', { type: 'submit', class: 'strong' }, say(consoleTexts.signIn))
  const signIn = async (): Promise<void> => {
    if (token.value.trim() === '') return token.focus()
    submit.disabled = true
    try {
      const session = await openSession(token.value.trim())
      if (session !== undefined) return onSession(session)
      setText(fault, say(consoleTexts.wrongToken))
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
    element('h1', {}, say(consoleTexts.title)),
    element(
      'form',
      {
        novalidate: true,
        onsubmit: (event) => {
          event.preventDefault()
          void signIn()
        },
      },
      field(say(consoleTexts.token), token, say(consoleTexts.tokenHint)),
      fault,
      element('p', {}, submit),
    ),
    element('p', { class: 'note' }, say(consoleTexts.signInLead)),
  )
}

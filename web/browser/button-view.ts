import { type ButtonState, buttonTexts, fill, shopperTexts } from '../texts/button-texts.ts'
import type { Language } from '../texts/language.ts'
import { countdownText, isPressable, type SaleFacts } from './button-model.ts'
import { buttonStyle } from './button-style.ts'

/** All that is shown at one moment. */
export type Shown = {
  state: ButtonState
  /** Values for the places in the texts of the state. */
  values: Readonly<Record<string, string | number>>
  facts: SaleFacts | undefined
  /** Epoch milliseconds by the clock of the server. */
  nowMs: number
  uncertaintyMs: number | undefined
}

const part = (root: ParentNode, name: string): HTMLElement => {
  const found = root.querySelector(`[part=${name}]`)
  if (!(found instanceof HTMLElement)) throw new Error(`the button has no part ${name}`)
  return found
}

const skeleton = `<div part="card">
<p part="clock" role="timer" aria-live="off"></p>
<p part="stock"><span part="bar" aria-hidden="true"><span part="left"></span></span><span part="count"></span></p>
<button part="press" type="button"></button>
<p part="note" tabindex="-1"></p>
<p part="live" role="status"></p>
<p part="server"><span part="server-label"></span> <time part="time"></time> <span part="uncertain"></span></p>
</div>`

const set = (element: HTMLElement, text: string): void => {
  if (element.textContent !== text) element.textContent = text
}

const timeOfDay = (ms: number, language: Language): string =>
  new Intl.DateTimeFormat(language, { timeStyle: 'medium', hourCycle: 'h23' }).format(ms)

/** The inside of the element: a shadow tree, so that no style of the shop changes it, or is changed. */
export const createButtonView = (host: HTMLElement, language: Language, onPress: () => void) => {
  // An element that is moved in its page is connected again, and keeps its tree.
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(buttonStyle)
  root.adoptedStyleSheets = [sheet]
  root.innerHTML = skeleton
  const [clock, stock, left, count] = [
    part(root, 'clock'),
    part(root, 'stock'),
    part(root, 'left'),
    part(root, 'count'),
  ]
  const [press, note, live, time] = [
    part(root, 'press'),
    part(root, 'note'),
    part(root, 'live'),
    part(root, 'time'),
  ]
  const [uncertain, server] = [part(root, 'uncertain'), part(root, 'server')]
  const say = (text: { en: string; ko: string }, values: Shown['values'] = {}): string =>
    fill(text[language], values)
  const whole = new Intl.NumberFormat(language)
  set(part(root, 'server-label'), say(shopperTexts.serverTime))
  press.addEventListener('click', () => {
    // It is never `disabled`, which would take the focus away.
    if (press.getAttribute('aria-disabled') !== 'true') onPress()
  })
  let before: ButtonState | undefined

  return {
    show({ state, values, facts, nowMs, uncertaintyMs }: Shown): void {
      const { label, note: sentence } = buttonTexts[state]
      host.dataset['state'] = state
      set(press, say(label))
      press.setAttribute('aria-disabled', String(!isPressable(state)))
      set(note, say(sentence, values))
      const leftMs = facts === undefined ? 0 : facts.opensAtMs - nowMs
      clock.hidden = leftMs <= 0 || facts === undefined
      set(clock, countdownText(leftMs))
      stock.hidden = facts === undefined
      if (facts !== undefined) {
        const texts = { left: whole.format(facts.remaining), stock: whole.format(facts.stock) }
        set(count, say(shopperTexts.stockLeft, texts))
        left.style.inlineSize = `${(100 * facts.remaining) / Math.max(1, facts.stock)}%`
      }
      server.hidden = uncertaintyMs === undefined
      if (uncertaintyMs !== undefined) {
        const milliseconds = String(Math.floor(nowMs) % 1_000).padStart(3, '0')
        set(time, `${timeOfDay(nowMs, language)}.${milliseconds}`)
        set(uncertain, say(shopperTexts.uncertain, { ms: Math.ceil(uncertaintyMs) }))
      }
      // What came of a press is read out once: by the focus, which goes to the sentence.
      const isResult = state === 'granted' || state === 'already' || state === 'not-eligible'
      if (
        state !== before &&
        before !== undefined &&
        (isResult || (state === 'sold-out' && before === 'sending'))
      )
        note.focus()
      before = state
    },
    /** Reads a milestone out, when the reader of the screen has time for it. */
    announce: (text: { en: string; ko: string }): void => set(live, say(text)),
  }
}

import { type ButtonState, fill, shopperTexts } from '../texts/button-texts.ts'
import type { Language, Wording } from '../texts/language.ts'
import { countdownText, isNews, isPressable, isResult, isWaiting } from './button-model.ts'
import { buttonStyle } from './button-style.ts'
import { createButtonWords, type Subject } from './button-words.ts'

/** All that is shown at one moment. */
export type Shown = Subject & {
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
<p part="figure" aria-hidden="true"></p>
<p part="stock"><span part="bar" aria-hidden="true"><span part="left"></span></span><span part="count"></span></p>
<button part="press" type="button"></button>
<p part="note" tabindex="-1"></p>
<p part="live" role="status"></p>
<p part="server"><span part="server-label"></span> <time part="time"></time> <span part="uncertain"></span></p>
</div>`

const set = (element: HTMLElement, text: string): void => {
  if (element.textContent !== text) element.textContent = text
}

/** Browsers before 2023 take the style as an element, which the policy of our pages knows by its hash. */
const dress = (root: ShadowRoot): void => {
  if ('adoptedStyleSheets' in root) {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(buttonStyle)
    root.adoptedStyleSheets = [sheet]
    return
  }
  const style = document.createElement('style')
  style.textContent = buttonStyle
  ;(root as ShadowRoot).append(style)
}

/** The inside of the element: a shadow tree, so that no style of the shop changes it, or is changed. */
export const createButtonView = (host: HTMLElement, language: Language, onPress: () => void) => {
  // An element that is moved in its page is connected again, and keeps its tree.
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' })
  root.innerHTML = skeleton
  dress(root)
  const [clock, figure, stock, left, count] = [
    part(root, 'clock'),
    part(root, 'figure'),
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
  const words = createButtonWords(language)
  const say = (text: Wording, values: Record<string, string | number> = {}): string =>
    fill(text[language], values)
  set(part(root, 'server-label'), say(shopperTexts.serverTime))
  press.addEventListener('click', () => {
    // It is never `disabled`, which would take the focus away.
    if (press.getAttribute('aria-disabled') !== 'true') onPress()
  })
  let before: ButtonState | undefined

  return {
    show(shown: Shown): void {
      const { state, facts, nowMs, uncertaintyMs } = shown
      host.dataset['state'] = state
      host.dataset['result'] = 'rank' in shown.press ? 'won' : ''
      set(press, words.label(shown))
      press.setAttribute('aria-disabled', String(!isPressable(state)))
      set(note, words.note(shown))
      const leftMs = facts === undefined ? 0 : facts.opensAtMs - nowMs
      // One of the two is always there, so that the button stays where it is at the moment of the opening.
      clock.hidden = leftMs <= 0 || isResult(state)
      figure.hidden = !clock.hidden
      set(clock, countdownText(leftMs))
      set(figure, words.figure(shown))
      stock.hidden = facts === undefined
      if (facts !== undefined) {
        const texts = { left: words.whole(facts.remaining), stock: words.whole(facts.stock) }
        set(count, say(shopperTexts.stockLeft, texts))
        left.style.width = `${(100 * facts.remaining) / Math.max(1, facts.stock)}%`
      }
      server.style.visibility = uncertaintyMs === undefined ? 'hidden' : ''
      if (uncertaintyMs !== undefined) {
        set(time, words.timeOfDay(nowMs))
        set(uncertain, say(shopperTexts.uncertain, { ms: Math.ceil(uncertaintyMs) }))
      }
      // What came of a press is read out once: by the focus, which goes to the sentence. What somebody is
      // found to have when the page comes takes no focus from them.
      if (isResult(state) && isWaiting(before)) note.focus()
      else if (before !== undefined && before !== state && isNews(state)) set(live, words.note(shown))
      before = state
    },
    /** Reads a milestone out, when the reader of the screen has time for it. */
    announce: (text: Wording): void => set(live, say(text)),
  }
}

import { figureTexts } from '../../texts/figure-texts.ts'
import { element, setText } from './elements.ts'
import { areFiguresHidden, hideFigures } from './hidden-figures.ts'
import { tell } from './words.ts'

/** The class of what is of no use without figures: it is not there while they are hidden. */
export const needsFigures = 'needs-figures'

/** A part that needs figures, such as a form. While they are hidden a note stands in its place. */
export const needingFigures = (part: HTMLElement, name = ''): HTMLElement => {
  part.classList.add(needsFigures)
  return element(
    'div',
    {},
    element('p', { class: 'figures-note' }, [name, tell(figureTexts.needed)].filter(Boolean).join(': ')),
    part,
  )
}

const key = 'n'

/** Where a key is a letter of a text, or an answer to a question. */
const isTyping = (target: EventTarget | null): boolean =>
  document.querySelector('dialog[open]') !== null ||
  (target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null)

/** The switch that hides the figures of sales in every view. `onChange` writes again what is shown. */
export const createFiguresSwitch = (onChange: () => void) => {
  const button = element('button', { type: 'button', 'aria-keyshortcuts': key })
  const show = (): void => {
    document.body.classList.toggle('figures-hidden', areFiguresHidden())
    setText(button, tell(areFiguresHidden() ? figureTexts.show : figureTexts.hide))
  }
  const toggle = (): void => {
    hideFigures(!areFiguresHidden())
    show()
    onChange()
  }
  button.addEventListener('click', toggle)
  show()
  return {
    node: button,
    onKey(event: KeyboardEvent): void {
      const isAlone = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat
      if (event.key.toLowerCase() === key && isAlone && !isTyping(event.target)) toggle()
    },
  }
}

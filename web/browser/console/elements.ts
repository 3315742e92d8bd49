type Value = string | number | boolean | undefined | ((event: Event) => void)

/**
 * An element. `on…` are listeners and `true` is an attribute without a value. What is undefined or false is
 * left out.
 */
export const element = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, Value>> = {},
  ...children: readonly (Node | string | undefined)[]
): HTMLElementTagNameMap[Tag] => {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name.slice(2), value)
    else if (value !== undefined && value !== false)
      made.setAttribute(name, value === true ? '' : String(value))
  }
  made.append(...children.filter((child) => child !== undefined))
  return made
}

/** Changes a text only when it is another one: what reads the screen is not disturbed, nor is a selection. */
export const setText = (target: Element, text: string): void => {
  if (target.textContent !== text) target.textContent = text
}

let numbers = 0

/** A label with its control below it. */
export const field = (label: string, control: HTMLElement, hint?: string): HTMLElement => {
  numbers += 1
  control.id ||= `field-${numbers}`
  const note = hint === undefined ? undefined : element('small', { id: `${control.id}-hint` }, hint)
  if (note !== undefined) control.setAttribute('aria-describedby', note.id)
  return element('div', { class: 'field' }, element('label', { for: control.id }, label), control, note)
}

/** A table with a head. It scrolls by itself where it is wider than the screen, also by keys. */
export const dataTable = (
  caption: string,
  head: readonly string[],
  rows: readonly (readonly (Node | string)[])[],
): HTMLElement =>
  element(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    element(
      'table',
      {},
      element('thead', {}, element('tr', {}, ...head.map((name) => element('th', { scope: 'col' }, name)))),
      element(
        'tbody',
        {},
        ...rows.map((row) => element('tr', {}, ...row.map((cell) => element('td', {}, cell)))),
      ),
    ),
  )

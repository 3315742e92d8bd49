/**
 * The style of the button. Its colours are the same in light and dark: a shop page can be either, whatever
 * the machine prefers. They can be changed by custom properties, and every part by `::part`. What browsers
 * before 2023 do not know stands behind what they do.
 */
export const buttonStyle = `
:host { display: block; container-type: inline-size; font: inherit; word-break: keep-all; overflow-wrap: anywhere;
  --fc-accent: #1f6feb; --fc-on-accent: #fff; --fc-good: #1a7f37; --fc-rule: rgba(127, 127, 127, .24) }
p { margin: 0 }
:host(:not([data-state])) [part=card] { visibility: hidden }
[hidden] { display: none !important }
[part=card] { position: relative; display: grid; gap: .75rem; text-align: center }
[part=clock], [part=figure] { min-height: 1.15em; font-size: 3.5rem; font-size: clamp(2.75rem, 18cqi, 4.5rem); line-height: 1.15;
  font-weight: 700; letter-spacing: -.02em; font-variant-numeric: tabular-nums }
[part=stock] { display: grid; gap: .4rem; font-variant-numeric: tabular-nums }
[part=bar] { height: .5rem; border-radius: 1rem; background: var(--fc-rule); overflow: hidden }
[part=left] { display: block; height: 100%; width: 100%; background: var(--fc-accent); border-radius: inherit }
[part=press] { min-height: 4rem; width: 100%; padding: .75rem 1rem; border: 0; border-radius: 1rem; font: inherit;
  font-size: 1.35rem; font-weight: 700; cursor: pointer; touch-action: manipulation; background: var(--fc-accent); color: var(--fc-on-accent) }
[part=press]:focus-visible, [part=note]:focus-visible { outline: 3px solid var(--fc-accent); outline-offset: 3px; border-radius: 1rem }
[part=note]:focus { outline-offset: 0 }
[part=press][aria-disabled=true] { background: var(--fc-rule); color: inherit; cursor: default }
:host([data-result=won]) [part=press] { background: var(--fc-good); color: #fff }
:host([data-state=sending]) [part=press], :host([data-state=confirming]) [part=press] { background: var(--fc-accent); color: var(--fc-on-accent) }
[part=note] { min-height: 4.65em; text-wrap: balance }
@container (max-width: 17rem) { [part=note] { min-height: 6.2em } [part=press] { padding: .75rem .5rem; font-size: 1.1rem } }
[part=live] { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
[part=server] { opacity: .8; font-size: .85rem; white-space: nowrap; font-variant-numeric: tabular-nums; min-height: 1.55em }
@media (prefers-reduced-motion: no-preference) { [part=left] { transition: width .6s } [part=press] { transition: background-color .2s }
  :host([data-state=sending]) [part=press], :host([data-state=confirming]) [part=press] { animation: fc-wait 1.2s linear infinite;
    background-image: linear-gradient(90deg, transparent, rgba(255, 255, 255, .3), transparent); background-size: 200% 100% } }
@keyframes fc-wait { from { background-position: 200% 0 } to { background-position: 0 0 } }
`

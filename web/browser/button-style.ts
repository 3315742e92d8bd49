/** The style of the button. Colours can be changed by custom properties, and every part by `::part`. */
export const buttonStyle = `
:host { display: block; container-type: inline-size; font: inherit; color-scheme: light dark;
  --fc-accent: light-dark(#0b57d0, #7cacf8); --fc-on-accent: light-dark(#fff, #06235a);
  --fc-good: light-dark(#0b7a3e, #4cc38a); --fc-rule: light-dark(#dfe3e8, #333a42); --fc-dim: light-dark(#5c6570, #a3acb6) }
p { margin: 0 }
:host(:not([data-state])) [part=card] { visibility: hidden }
[hidden] { display: none !important }
[part=card] { display: grid; gap: .75rem; text-align: center }
[part=clock] { font-size: clamp(2.75rem, 18cqi, 4.5rem); line-height: 1.1; font-weight: 700; font-variant-numeric: tabular-nums }
[part=stock] { display: grid; gap: .35rem; color: var(--fc-dim); font-variant-numeric: tabular-nums }
[part=bar] { block-size: .5rem; border-radius: 1rem; background: var(--fc-rule); overflow: hidden }
[part=left] { display: block; block-size: 100%; inline-size: 100%; background: var(--fc-accent); border-radius: inherit }
[part=press] { min-block-size: 4rem; inline-size: 100%; padding: .75rem 1rem; border: 0; border-radius: 1rem; font: inherit;
  font-size: 1.35rem; font-weight: 700; cursor: pointer; touch-action: manipulation; background: var(--fc-accent); color: var(--fc-on-accent) }
[part=press]:focus-visible, [part=note]:focus-visible { outline: 3px solid var(--fc-accent); outline-offset: 3px; border-radius: .5rem }
[part=press][aria-disabled=true] { background: var(--fc-rule); color: inherit; cursor: default }
:host([data-state=granted]) [part=press], :host([data-state=already]) [part=press] { background: var(--fc-good); color: light-dark(#fff, #05250f) }
:host([data-state=sending]) [part=press], :host([data-state=confirming]) [part=press] { background: var(--fc-accent); color: var(--fc-on-accent); opacity: .75 }
[part=note] { min-block-size: 3.2em; text-wrap: balance }
[part=live] { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
[part=server] { color: var(--fc-dim); font-size: .9rem; font-variant-numeric: tabular-nums; min-block-size: 1.5em }
@media (prefers-reduced-motion: no-preference) { [part=left] { transition: inline-size .6s } [part=press] { transition: background-color .2s } }
`
